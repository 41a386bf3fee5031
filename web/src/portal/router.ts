import { createRouter, createWebHistory, type RouterHistory } from 'vue-router'
import Home from './pages/Home.vue'

export const makeRouter = (history?: RouterHistory) =>
  createRouter({
    history: history ?? createWebHistory('/'),
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
    routes: [
      { path: '/', component: Home, meta: { title: 'brand.promise' } },
      { path: '/file', component: () => import('./pages/File.vue'), meta: { title: 'nav.file' } },
      { path: '/follow', component: () => import('./pages/Follow.vue'), meta: { title: 'nav.follow' } },
      { path: '/open', component: () => import('./pages/Open.vue'), meta: { title: 'nav.open' } },
      { path: '/results/:round?', component: () => import('./pages/Results.vue'), meta: { title: 'nav.results' } },
      { path: '/exposed', component: () => import('./pages/Exposed.vue'), meta: { title: 'nav.exposed' } },
      { path: '/limits', component: () => import('./pages/Limits.vue'), meta: { title: 'nav.limits' } },
      { path: '/guide', component: () => import('./pages/Guide.vue'), meta: { title: 'nav.guide' } },
      { path: '/guide/:code', component: () => import('./pages/Item.vue'), meta: { title: 'nav.guide' } },
      { path: '/fees', component: () => import('./pages/Fees.vue'), meta: { title: 'fees.title' } },
      { path: '/offices/:unit?', component: () => import('./pages/Office.vue'), meta: { title: 'office.title' } },
      { path: '/rate', component: () => import('./pages/Rate.vue'), meta: { title: 'rate.title' } },
      { path: '/:rest(.*)*', component: () => import('./pages/Lost.vue'), meta: { title: 'lost.title' } },
    ],
  })

import { createApp, createSSRApp } from 'vue'
import App from './App.vue'
import zhCN from './locales/zh-CN.json'
import { makeRouter } from './router'
import './portal.css'
import { setUpI18n } from '@/shared/i18n'

const load = {
  // The first language comes along: waiting for it would cost another way to the server.
  'zh-CN': () => Promise.resolve({ default: zhCN }),
  'zh-Hant': () => import('./locales/zh-Hant.json'),
  en: () => import('./locales/en.json'),
}

void setUpI18n(async (language) => (await load[language]()).default).then(async ({ i18n, choose }) => {
  const place = document.getElementById('app')!
  // Is the first page there already, in this language, what it lacks is added to it; else it gives way.
  const still = place.hasAttribute('data-still') && document.documentElement.lang === 'zh-CN'
  place.removeAttribute('data-still')
  const app = (still ? createSSRApp : createApp)(App, { choose }).use(i18n)
  const router = makeRouter()
  app.use(router)
  if (still) await router.isReady()
  app.mount(place)
})

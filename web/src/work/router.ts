// The pages.  What stands behind the # is never sent: words that somebody searched for are in no log.
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { takeCame } from './oidc'
import { me, may } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean // without a login
    may?: string // the permission it needs
  }
}

const pages: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./pages/Home.vue') },
  { path: '/login', name: 'login', component: () => import('./pages/Login.vue'), meta: { open: true } },
  { path: '/welcome/:link([0-9a-f]{64})', name: 'welcome', component: () => import('./pages/Welcome.vue'), meta: { open: true } },
  { path: '/oidc', name: 'oidc', component: () => import('./pages/Oidc.vue'), meta: { open: true } },
  { path: '/me', name: 'me', component: () => import('./pages/Me.vue') },
  { path: '/matters', name: 'matters', component: () => import('./pages/Matters.vue'), meta: { may: 'matter.read' } },
  { path: '/matters/:code', name: 'matter', component: () => import('./pages/Matter.vue'), meta: { may: 'matter.read' } },
  { path: '/matters/:code/redaction', name: 'redaction', component: () => import('./pages/Redaction.vue'), meta: { may: 'matter.redact' } },
  { path: '/file', name: 'file', component: () => import('./pages/File.vue'), meta: { may: 'matter.file' } },
  { path: '/board', name: 'board', component: () => import('./pages/Board.vue'), meta: { may: 'supervision.read' } },
  { path: '/cards', name: 'cards', component: () => import('./pages/Cards.vue'), meta: { may: 'card.read' } },
  { path: '/cards/:code', name: 'card', component: () => import('./pages/Card.vue'), meta: { may: 'card.read' } },
  { path: '/brief', name: 'brief', component: () => import('./pages/Brief.vue'), meta: { may: 'supervision.read' } },
  { path: '/rounds', name: 'rounds', component: () => import('./pages/Rounds.vue'), meta: { may: 'appraise.read' } },
  { path: '/rounds/:round', name: 'round', component: () => import('./pages/Round.vue'), meta: { may: 'appraise.read' } },
  { path: '/rounds/:round/:unit', name: 'round-unit', component: () => import('./pages/RoundUnit.vue'), meta: { may: 'appraise.read' } },
  { path: '/index', name: 'index', component: () => import('./pages/Indices.vue'), meta: { may: 'appraise.read' } },
  { path: '/raters', name: 'raters', component: () => import('./pages/Raters.vue'), meta: { may: 'appraise.read' } },
  { path: '/problems', name: 'problems', component: () => import('./pages/Problems.vue'), meta: { may: 'matter.read' } },
  { path: '/figures/:figure', name: 'figure', component: () => import('./pages/Figure.vue'), meta: { may: 'supervision.open' } },
  { path: '/flow/:from/:to', name: 'flow', component: () => import('./pages/Flow.vue'), meta: { may: 'supervision.open' } },
  { path: '/ledger', name: 'ledger', component: () => import('./pages/Ledger.vue'), meta: { may: 'matter.read' } },
  { path: '/notices', name: 'notices', component: () => import('./pages/Notices.vue'), meta: { may: 'matter.read' } },
  { path: '/notices/:code', name: 'notice', component: () => import('./pages/Notice.vue'), meta: { may: 'matter.read' } },
  { path: '/quality', name: 'quality', component: () => import('./pages/Quality.vue'), meta: { may: 'supervision.read' } },
  { path: '/quality/:measure', name: 'quality-cases', component: () => import('./pages/QualityCases.vue'), meta: { may: 'supervision.open' } },
  { path: '/assists', name: 'assists', component: () => import('./pages/Assists.vue'), meta: { may: 'matter.move' } },
  { path: '/items', name: 'items', component: () => import('./pages/Items.vue') },
  { path: '/items/:code', name: 'item', component: () => import('./pages/Item.vue') },
  { path: '/reduction', name: 'reduction', component: () => import('./pages/Reduction.vue') },
  { path: '/units', name: 'units', component: () => import('./pages/admin/Units.vue') },
  { path: '/posts', name: 'posts', component: () => import('./pages/admin/Posts.vue'), meta: { may: 'post.read' } },
  { path: '/absences', name: 'absences', component: () => import('./pages/admin/Absences.vue'), meta: { may: 'post.read' } },
  { path: '/accounts', name: 'accounts', component: () => import('./pages/admin/Accounts.vue'), meta: { may: 'account.read' } },
  { path: '/accounts/:id(\\d+)', name: 'account', component: () => import('./pages/admin/Account.vue'), meta: { may: 'account.read' } },
  { path: '/audit', name: 'audit', component: () => import('./pages/admin/Audit.vue'), meta: { may: 'audit.read' } },
  { path: '/grants', name: 'grants', component: () => import('./pages/admin/Grants.vue'), meta: { may: 'grant.read' } },
  { path: '/settings', name: 'settings', component: () => import('./pages/admin/Settings.vue'), meta: { may: 'setting.read' } },
  { path: '/outgoing', name: 'outgoing', component: () => import('./pages/admin/Outgoing.vue'), meta: { may: 'setting.read' } },
  { path: '/persons', name: 'persons', component: () => import('./pages/Persons.vue'), meta: { may: 'person.data' } },
  { path: '/identity', name: 'identity', component: () => import('./pages/admin/Identity.vue'), meta: { may: 'sealed.open' } },
  { path: '/custodians', name: 'custodians', component: () => import('./pages/admin/Custodians.vue'), meta: { may: 'sealed.keys' } },
  { path: '/packs', name: 'packs', component: () => import('./pages/admin/Packs.vue'), meta: { may: 'institution.read' } },
  { path: '/proposals/:id(\\d+)', name: 'proposal', component: () => import('./pages/admin/Proposal.vue'), meta: { may: 'institution.read' } },
  { path: '/calendar', name: 'calendar', component: () => import('./pages/admin/Calendar.vue') },
  { path: '/permissions', name: 'permissions', component: () => import('./pages/admin/Permissions.vue') },
  { path: '/rules', name: 'rules', component: () => import('./pages/admin/Rules.vue') },
  { path: '/:rest(.*)', name: 'nowhere', component: () => import('./pages/Nowhere.vue'), meta: { open: true } },
]

export function makeRouter() {
  takeCame()
  // The one-time link that the server prints is /welcome#SECRET, or /work/#SECRET.
  const link = /^#([0-9a-f]{64})$/.exec(location.hash)?.[1]
  if (link) history.replaceState(null, '', '/work/#/welcome/' + link)
  const router = createRouter({
    history: createWebHashHistory('/work/'),
    routes: pages,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })
  router.beforeEach((to) => {
    if (!to.meta.open && me.session.state !== 'open' && !me.expired)
      return { name: 'login', query: to.path === '/' ? {} : { to: to.fullPath } }
    if (to.meta.may && !may(to.meta.may)) return { name: 'nowhere', params: { rest: 'not-yours' } }
    return true
  })
  return router
}

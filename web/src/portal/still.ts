// The first page in the first language as HTML, drawn while building (vite.config.ts).
import { createSSRApp } from 'vue'
import { createMemoryHistory } from 'vue-router'
import { renderToString } from 'vue/server-renderer'
import App from './App.vue'
import zhCN from './locales/zh-CN.json'
import { makeRouter } from './router'
import { makeI18n } from '@/shared/i18n'

export async function still(): Promise<string> {
  const i18n = makeI18n(), router = makeRouter(createMemoryHistory())
  i18n.global.setLocaleMessage('zh-CN', zhCN as never)
  await router.push('/')
  return renderToString(createSSRApp(App, { choose: async () => undefined }).use(i18n).use(router))
}

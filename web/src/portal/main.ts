import { createApp } from 'vue'
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

void setUpI18n(async (language) => (await load[language]()).default).then(({ i18n, choose }) => {
  createApp(App, { choose }).use(i18n).use(makeRouter()).mount('#app')
})

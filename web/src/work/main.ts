import './element'
import './work.css'
import { createApp } from 'vue'
import { setUpI18n } from '@/shared/i18n'
import App from './App.vue'
import { makeRouter } from './router'
import { readKept } from './kept'
import { learn } from './session'
import { institution } from './stock'

const load = {
  'zh-CN': () => import('./locales/zh-CN.json'),
  'zh-Hant': () => import('./locales/zh-Hant.json'),
  en: () => import('./locales/en.json'),
}

const theme = readKept<string>('theme', matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
document.documentElement.classList.toggle('dark', theme === 'dark')

void setUpI18n(async (language) => (await load[language]()).default).then(async ({ i18n, choose }) => {
  const failed = await Promise.all([learn(), institution()]).then(
    () => null,
    (e: unknown) => e,
  )
  createApp(App, { choose, failed }).use(i18n).use(makeRouter()).mount('#app')
})

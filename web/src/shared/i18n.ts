// Three languages; zh-CN is the first. public/early.js found out which one is wished.
import { createI18n } from 'vue-i18n'
import { speak } from './api'

export const languages = ['zh-CN', 'zh-Hant', 'en'] as const
export type Language = (typeof languages)[number]
export type Messages = Record<string, unknown>

export const makeI18n = () => createI18n({ legacy: false, locale: 'zh-CN', fallbackLocale: 'zh-CN', missingWarn: true })

/** `load` brings the messages of a language; only the one that is shown is fetched. */
export async function setUpI18n(load: (language: Language) => Promise<Messages>) {
  const i18n = makeI18n()
  async function choose(language: Language, keep = true) {
    i18n.global.setLocaleMessage(language, (await load(language)) as never)
    i18n.global.locale.value = language
    document.documentElement.lang = language
    speak(language)
    if (keep) localStorage.setItem('huiyin.lang', language)
  }
  await choose(document.documentElement.lang as Language, false)
  return { i18n, choose }
}

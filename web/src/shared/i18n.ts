// Three languages; zh-CN is the first. What a person chose is remembered, else the browser's wish counts.
import { createI18n } from 'vue-i18n'
import { speak } from './api'

export const languages = ['zh-CN', 'zh-Hant', 'en'] as const
export type Language = (typeof languages)[number]
export type Messages = Record<string, unknown>

export function wished(): Language {
  const kept = localStorage.getItem('huiyin.lang')
  if (kept && (languages as readonly string[]).includes(kept)) return kept as Language
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (/^zh-(hant|tw|hk|mo)/i.test(tag)) return 'zh-Hant'
    if (/^zh/i.test(tag)) return 'zh-CN'
    if (/^en/i.test(tag)) return 'en'
  }
  return 'zh-CN'
}

/** `load` brings the messages of a language; only the one that is shown is fetched. */
export async function setUpI18n(load: (language: Language) => Promise<Messages>) {
  const i18n = createI18n({ legacy: false, locale: 'zh-CN', fallbackLocale: 'zh-CN', missingWarn: true })
  async function choose(language: Language, keep = true) {
    i18n.global.setLocaleMessage(language, (await load(language)) as never)
    i18n.global.locale.value = language
    document.documentElement.lang = language
    speak(language)
    if (keep) localStorage.setItem('huiyin.lang', language)
  }
  await choose(wished(), false)
  return { i18n, choose }
}

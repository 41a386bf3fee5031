// Words and numbers of appraisal rounds.
import { useI18n } from 'vue-i18n'
import type { Schemas } from '@/shared/api'
import { periodsBack } from './periods'
import { useSay } from './say'
import { may } from './session'

/** Points as the server counts them, 10,000 to the point, as people write them. */
export const points = (n: number | undefined, digits = 2) => (n === undefined ? '—' : (Math.round(n / 10 ** (4 - digits)) / 10 ** digits).toFixed(digits).replace('-', '−'))

/** Who had a case that day. */
export const holder = (c: { unit_name: string; post: string; name: string; person: string }) => [c.unit_name, c.post, c.name || c.person].filter(Boolean).join(' · ')

/** What is at A in a tree of indicators: how deep it stands. */
export function depthOf(list: { id: string; in: string }[], id: string): number {
  const up = list.find((i) => i.id === id)?.in
  return up ? 1 + depthOf(list, up) : 0
}

/** "12/30", the points that people gave, or nothing. */
export function givenWords(given: { n: number; d: number } | null, figure: string): string {
  if (!given) return ''
  if (!figure) return points(given.d > 1 ? given.n / given.d : given.n)
  return given.d === 1 ? String(given.n) : `${given.n}/${given.d}`
}

/** First days of the periods that have begun, newest first: of two years at most. */
export function firstDays(period: string, today: string): string[] {
  const months = { month: 1, quarter: 3, half_year: 6 }[period] ?? 12
  return periodsBack(today, months, Math.ceil(24 / months))
}

type Stood = { applies: boolean; published: number; place: number }
/** Of a correction: what stood before and after for every unit; those whose score or place changed first, then by place. */
export function changes<S extends Stood>(units: { code: string; name: string; score: S; before: Stood | null }[]) {
  return units
    .flatMap((u) => (u.before ? [{ code: u.code, name: u.name, before: u.before as Stood, after: u.score as Stood, moved: u.before.published !== u.score.published || u.before.place !== u.score.place }] : []))
    .sort((a, b) => Number(b.moved) - Number(a.moved) || (a.after.place || 1e9) - (b.after.place || 1e9) || a.code.localeCompare(b.code))
}

/** What the case CODE is shown as: a link for who may read matters; cards are no matters. */
export const caseTag = (code: string) => (may('matter.read') && !code.startsWith('KP-') ? 'router-link' : 'span')

/** Names of the units and lines of the round WHOLE. */
export function useNamesIn(whole: () => Schemas['RoundWhole']) {
  const { t, say } = useSay()
  return {
    unit: (code: string) => whole().units.find((u) => u.code === code)?.name ?? code,
    line: (id: string) => (id ? say([...whole().scheme_titles.indicators, ...whole().scheme_titles.adjusts].find((l) => l.id === id)?.title) || id : t('round_whole')),
  }
}

export function useRounds() {
  const { t } = useI18n()
  return {
    state: (s: string) => ({ open: t('round_is_open'), frozen: t('round_is_frozen'), notice: t('round_is_notice') })[s] ?? t('round_is_final'),
    tone: (s: string) => (({ open: 'info', frozen: 'warning', notice: 'primary' })[s] ?? 'success') as 'info' | 'warning' | 'primary' | 'success',
    funnel: (f: string) =>
      ({ inside: t('funnel_inside'), low_95: t('funnel_low_95'), low_998: t('funnel_low_998'), high_95: t('funnel_high_95') })[f] ?? t('funnel_high_998'),
  }
}

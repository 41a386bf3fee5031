// Days and instants in plain words.  An instant comes in the city's zone, so its first ten characters
// are the city's day; the browser's own zone never matters.
import type { Schemas } from '@/shared/api'

type T = (key: string, named?: Record<string, unknown>, plural?: number) => string

const DAY = 864e5
let skew = 0 // how far this machine's clock is behind the server's
let zone = '+08:00'

/** Learns the server's time and zone from an instant that is now there. */
export function learnNow(instant: string) {
  const found = /([+-]\d\d:\d\d)$/.exec(instant)
  if (found?.[1]) zone = found[1]
  const at = Date.parse(instant)
  if (at && Math.abs(at - Date.now()) > 5000) skew = at - Date.now()
}

const offset = () => (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 6e4

export const now = () => Date.now() + skew
export const today = () => new Date(now() + offset()).toISOString().slice(0, 10)
export const zoneOf = () => zone
export const dayNumber = (day: string) => Date.parse(day + 'T00:00:00Z') / DAY
export const dayAt = (n: number) => new Date(n * DAY).toISOString().slice(0, 10)
export const weekday = (day: string) => new Date(Date.parse(day + 'T00:00:00Z')).getUTCDay()
export const addDays = (day: string, n: number) => dayAt(dayNumber(day) + n)

export function weekdayName(n: number, language: string) {
  return new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2023, 0, 1 + n)))
}

export function dayWords(day: string, language: string, withWeekday = true) {
  const same = day.slice(0, 4) === today().slice(0, 4)
  const cut = { month: language === 'en' ? 'short' : 'long', day: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...cut,
    ...(same ? {} : { year: 'numeric' }),
    ...(withWeekday ? { weekday: 'short' } : {}),
  }).format(new Date(day + 'T00:00:00Z'))
}

/** The time of day is left out at the ends of days, where it says nothing. */
export function instantWords(instant: string | null | undefined, language: string, withWeekday = false) {
  if (!instant) return '—'
  const time = instant.slice(11, 16)
  const words = dayWords(instant.slice(0, 10), language, withWeekday)
  return time === '23:59' || time === '00:00' ? words : `${words} ${time}`
}

export function monthWords(year: number, month: number, language: string) {
  return new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(Date.UTC(year, month - 1, 1))
}

export function limitWords(limit: string | null | undefined, t: T) {
  const found = /^(\d+)(wd|cd|mo|h|wh)$/.exec(limit ?? '')
  if (!found) return limit ?? ''
  const n = Number(found[1])
  switch (found[2]) {
    case 'wd':
      return t('limit_wd', { n }, n)
    case 'cd':
      return t('limit_cd', { n }, n)
    case 'mo':
      return t('limit_mo', { n }, n)
    case 'wh':
      return t('limit_wh', { n }, n)
    default:
      return t('limit_h', { n }, n)
  }
}

// --- working days --------------------------------------------------------------------------------
const years = new Map<number, number[]>() // working days up to each day of the year, the first at [1]

export function learnYear(year: Schemas['Year']) {
  const sums = [0]
  for (const d of year.days) sums.push((sums[sums.length - 1] ?? 0) + (d.work ? 1 : 0))
  years.set(year.year, sums)
}

/** Working days after `a` up to and with `b`; null when a year is not known. */
export function workBetween(a: string, b: string): number | null {
  let sum = 0
  for (let year = Number(a.slice(0, 4)); year <= Number(b.slice(0, 4)); year++) {
    const sums = years.get(year)
    if (!sums) return null
    const first = dayNumber(`${year}-01-01`)
    const at = (day: string) => sums[Math.max(0, Math.min(sums.length - 1, dayNumber(day) - first + 1))] ?? 0
    sum += at(b) - at(a)
  }
  return sum
}

export type Left = { words: string; tone: 'late' | 'soon' | 'calm' | 'still' }

/** How long is left until `due`, seen from now. */
export function leftUntil(due: string, t: T): Left {
  const day = due.slice(0, 10)
  const here = today()
  const days = dayNumber(day) - dayNumber(here)
  if (Date.parse(due) < now()) {
    if (days === 0) return { words: t('left_late_today'), tone: 'late' }
    const work = workBetween(day, here)
    return { words: work ? t('left_late_wd', { n: work }, work) : t('left_late_cd', { n: -days }, -days), tone: 'late' }
  }
  if (days === 0) return { words: due.slice(11, 16) === '23:59' ? t('left_today') : t('left_today_at', { at: due.slice(11, 16) }), tone: 'soon' }
  const work = workBetween(here, day)
  return { words: work ? t('left_wd', { n: work }, work) : t('left_cd', { n: days }, days), tone: days <= 2 ? 'soon' : 'calm' }
}

/** The same for a matter. */
export function leftOf(m: { open: boolean; paused: boolean; verdict: string; due_at: string | null }, t: T): Left {
  if (m.paused && m.open) return { words: t('left_paused'), tone: 'still' }
  if (m.open && m.due_at) return leftUntil(m.due_at, t)
  if (m.verdict === 'in_time') return { words: t('left_in_time'), tone: 'calm' }
  if (m.verdict === 'late') return { words: t('left_late'), tone: 'late' }
  return { words: m.open ? t('left_none') : t('left_closed'), tone: 'still' }
}

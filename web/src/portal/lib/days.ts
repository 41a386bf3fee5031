// Days and instants in plain words. An instant comes as RFC 3339 in the city's zone, so its first ten
// characters are the city's day; the zone of the browser never matters.
const WEEK: Record<string, string[]> = {
  'zh-CN': ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  'zh-Hant': ['週日', '週一', '週二', '週三', '週四', '週五', '週六'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
}
const MONTH = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAY = 864e5

export const dayOf = (instant: string) => instant.slice(0, 10)
export const numberOf = (day: string) => Date.parse(day + 'T00:00:00Z') / DAY
export const dayAt = (n: number) => new Date(n * DAY).toISOString().slice(0, 10)
export const weekday = (day: string) => new Date(day + 'T00:00:00Z').getUTCDay()
export const weekdayName = (n: number, lang: string) => (WEEK[lang] ?? WEEK.en)![n]!
export const daysBetween = (a: string, b: string) => numberOf(b) - numberOf(a)

/** "10月13日 周二", "Tuesday 13 October"; with the year when it is not that of NOW. */
export function dayWords(day: string, lang: string, now = ''): string {
  const [y, m, d] = day.split('-').map(Number) as [number, number, number]
  const year = now.slice(0, 4) !== String(y)
  const week = weekdayName(weekday(day), lang)
  if (lang === 'en') return `${week} ${d} ${MONTH[m - 1]}${year ? ` ${y}` : ''}`
  return `${year ? `${y}年` : ''}${m}月${d}日 ${week}`
}

export const monthWords = (y: number, m: number, lang: string) => (lang === 'en' ? `${MONTH[m - 1]} ${y}` : `${y}年${m}月`)

/** The time of day is left out at the ends of days, where it says nothing. */
export function instantWords(instant: string, lang: string, now = ''): string {
  const time = instant.slice(11, 16)
  const words = dayWords(dayOf(instant), lang, now)
  return time === '23:59' || time === '00:00' ? words : `${words} ${time}`
}

/** The weeks of a month, Monday first; null where the month has no day. */
export function weeksOf(y: number, m: number): (string | null)[][] {
  const first = `${y}-${String(m).padStart(2, '0')}-01`
  const end = m === 12 ? `${y + 1}-01-01` : `${y}-${String(m + 1).padStart(2, '0')}-01`
  const cells: (string | null)[] = Array.from({ length: (weekday(first) + 6) % 7 }, () => null)
  for (let n = numberOf(first); n < numberOf(end); n++) cells.push(dayAt(n))
  while (cells.length % 7) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
}

/** "10wd" taken apart. */
export function limitOf(limit: string): { n: number; unit: string } | null {
  const m = /^(\d+)(wd|cd|mo|h|wh)$/.exec(limit)
  return m ? { n: Number(m[1]), unit: m[2]! } : null
}

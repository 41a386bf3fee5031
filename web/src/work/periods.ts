// Months, quarters, half-years and years by their first day.

/** The period of STEP months that DAY lies in, and those before it, newest first: COUNT in all. */
export function periodsBack(day: string, step: number, count: number): string[] {
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
  const newest = month - (month % step)
  return Array.from({ length: count }, (_, i) => newest - i * step).map((m) => `${Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}-01`)
}

/** The first day of the period before the one that DAY lies in. */
export const periodBefore = (day: string, half: boolean) => periodsBack(day, half ? 6 : 1, 2)[1] as string

/** The one that DAY lies in, and those before it, newest first. */
export const periodsOf = (day: string, half: boolean) => periodsBack(day, half ? 6 : 1, half ? 7 : 25)

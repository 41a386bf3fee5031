// Months and half-years by their first day.
const pad = (n: number) => String(n).padStart(2, '0')

/** The first day of the period before the one that DAY lies in. */
export function periodBefore(day: string, half: boolean): string {
  const step = half ? 6 : 1
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
  const first = Math.floor(months / step) * step - step
  return `${Math.floor(first / 12)}-${pad((first % 12) + 1)}-01`
}

/** The one that DAY lies in, and those before it, newest first. */
export function periodsOf(day: string, half: boolean): string[] {
  const out = [periodBefore(day, half)]
  while (out.length < (half ? 6 : 24)) out.push(periodBefore(out[out.length - 1] as string, half))
  const step = half ? 6 : 1
  const month = Math.floor((Number(day.slice(5, 7)) - 1) / step) * step + 1
  return [`${day.slice(0, 4)}-${pad(month)}-01`, ...out]
}

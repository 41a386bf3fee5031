import { expect, test } from 'vitest'
import { cellKind, monthsOf, type Line } from './trace'

const line = (day: string, what: Line['what'], more: Partial<Line> = {}): Line => ({ day, weekday: 0, what, work: true, by: 'week', ...more })

test('months hold only the weeks in which something stands, from Monday', () => {
  // 30 January 2026 is a Friday, 2 February a Monday.
  const months = monthsOf([line('2026-01-30', 'start'), line('2026-02-02', 'counted', { count: 1 }), line('2026-02-03', 'due')])
  expect(months.map((m) => [m.year, m.month, m.weeks.length])).toEqual([
    [2026, 1, 1],
    [2026, 2, 1],
  ])
  expect(months[0]?.weeks[0]?.map((c) => c?.day.slice(8) ?? '')).toEqual(['26', '27', '28', '29', '30', '31', ''])
  expect(months[1]?.weeks[0]?.[0]?.day).toBe('2026-02-02')
})

test('what a day is: the due day before everything, a make-up day is a counted one that the week does not give', () => {
  const kind = (...lines: Line[]) => cellKind({ day: '2026-01-01', lines })
  expect(kind(line('2026-01-01', 'counted'), line('2026-01-01', 'due'))).toBe('due')
  expect(kind(line('2026-01-01', 'counted', { by: 'notice' }))).toBe('makeup')
  expect(kind(line('2026-01-01', 'rest', { work: false, by: 'notice' }))).toBe('holiday')
  expect(kind(line('2026-01-01', 'rest', { work: false }))).toBe('rest')
  expect(kind(line('2026-01-01', 'paused'))).toBe('paused')
  expect(kind()).toBe('out')
})

test('no trace, no months', () => expect(monthsOf([])).toEqual([]))

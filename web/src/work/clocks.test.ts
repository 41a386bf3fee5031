import { expect, test } from 'vitest'
import { barOf, type Clock } from './clocks'

const clock = (more: Partial<Clock>) =>
  ({
    pauses: [],
    start_at: '2026-01-01T00:00:00+08:00',
    due_at: '2026-01-11T00:00:00+08:00',
    original_due_at: '2026-01-11T00:00:00+08:00',
    pledged_due_at: null,
    stopped_at: null,
    ...more,
  }) as Clock
const day = (d: string) => Date.parse(d + 'T00:00:00+08:00')

test('a clock in time ends at its due date, with today inside', () => {
  const bar = barOf(clock({}), day('2026-01-06'))
  expect(bar?.today).toBe(50)
  expect(bar?.due).toBe(100)
  expect(bar?.original).toBeNull()
  expect(bar?.late).toBeNull()
  expect(bar?.running).toEqual({ from: 0, width: 50 })
})

test('past the date the bar goes on to today', () => {
  const bar = barOf(clock({}), day('2026-01-21'))
  expect(bar?.due).toBe(50)
  expect(bar?.late).toEqual({ from: 50, width: 50 })
  expect(bar?.running.width).toBe(50)
})

test('a stopped clock has no today', () => {
  const bar = barOf(clock({ stopped_at: '2026-01-06T00:00:00+08:00' }), day('2026-03-01'))
  expect(bar?.today).toBeNull()
  expect(bar?.running.width).toBe(50)
})

test('pauses and extensions have their places; an open pause lasts until now', () => {
  const bar = barOf(
    clock({
      original_due_at: '2026-01-06T00:00:00+08:00',
      pauses: [
        { from: '2026-01-02T00:00:00+08:00', until: '2026-01-03T00:00:00+08:00', ground: 'g' },
        { from: '2026-01-04T00:00:00+08:00', until: null, ground: 'g' },
      ],
    }),
    day('2026-01-05'),
  )
  expect(bar?.extended).toEqual({ from: 50, width: 50 })
  expect(bar?.pauses.map((p) => [Math.round(p.from), Math.round(p.width)])).toEqual([
    [10, 10],
    [30, 10],
  ])
})

test('a clock that never started has no bar', () => {
  expect(barOf(clock({ start_at: null }), 0)).toBeNull()
})

import { expect, test } from 'vitest'
import { monthsAgainst } from './months'

test('months stand beside those of the year before; what is not there is null', () => {
  const group = (key: string, received: number, share: number | null) => ({ key, name: key, oldest_open: null, figures: { received: { value: received }, in_time_share: { value: share } } })
  const pairs = monthsAgainst([group('2025-10', 7, 9000), group('2026-10', 9, 9549), group('2026-11', 2, null)], '2026-11-27')
  expect(pairs).toHaveLength(12)
  expect(pairs[9]).toEqual({ month: 10, now: { received: 9, inTime: 95.5 }, last: { received: 7, inTime: 90 } })
  expect(pairs[10]).toEqual({ month: 11, now: { received: 2, inTime: null }, last: { received: null, inTime: null } })
})

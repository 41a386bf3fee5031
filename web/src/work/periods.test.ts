import { expect, test } from 'vitest'
import { periodBefore, periodsOf } from './periods'

test('the period before, over the turn of a year', () => {
  expect(periodBefore('2026-11-27', false)).toBe('2026-10-01')
  expect(periodBefore('2026-01-31', false)).toBe('2025-12-01')
  expect(periodBefore('2026-11-27', true)).toBe('2026-01-01')
  expect(periodBefore('2026-06-30', true)).toBe('2025-07-01')
})

test('the present one comes first', () => {
  expect(periodsOf('2026-11-27', false).slice(0, 3)).toEqual(['2026-11-01', '2026-10-01', '2026-09-01'])
  expect(periodsOf('2026-11-27', true).slice(0, 3)).toEqual(['2026-07-01', '2026-01-01', '2025-07-01'])
})

import { describe, expect, it } from 'vitest'
import { daysBetween, dayWords, instantWords, limitOf, weeksOf } from './days'

describe('days', () => {
  it('says a day in three languages, the year only when it is another', () => {
    expect(dayWords('2026-10-13', 'zh-CN', '2026-01-01')).toBe('10月13日 周二')
    expect(dayWords('2026-10-13', 'zh-Hant', '2025-12-31')).toBe('2026年10月13日 週二')
    expect(dayWords('2026-10-13', 'en', '2026')).toBe('Tuesday 13 October')
  })
  it('leaves out the ends of days', () => {
    expect(instantWords('2026-10-13T23:59:59+08:00', 'zh-CN', '2026')).toBe('10月13日 周二')
    expect(instantWords('2026-10-13T09:05:00+08:00', 'zh-CN', '2026')).toBe('10月13日 周二 09:05')
  })
  it('lays a month out in whole weeks from Monday', () => {
    const weeks = weeksOf(2026, 2) // the first is a Sunday
    expect(weeks[0]).toEqual([null, null, null, null, null, null, '2026-02-01'])
    expect(weeks.flat().filter(Boolean)).toHaveLength(28)
    expect(weeks.every((w) => w.length === 7)).toBe(true)
    expect(weeksOf(2024, 12).flat().filter(Boolean).at(-1)).toBe('2024-12-31')
  })
  it('counts and takes limits apart', () => {
    expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3)
    expect(limitOf('15wd')).toEqual({ n: 15, unit: 'wd' })
    expect(limitOf('soon')).toBeNull()
  })
})

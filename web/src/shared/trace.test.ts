import { expect, test } from 'vitest'
import { cellKind, hoursText, type Line } from './trace'

const line = (what: Line['what'], more: Partial<Line> = {}): Line => ({ day: '2026-01-01', weekday: 0, what, work: true, by: 'week', ...more })
const kind = (...lines: Line[]) => cellKind(lines)

test('what a day is: the due day before everything, a make-up day is a counted one that the week does not give', () => {
  expect(kind(line('counted'), line('due'))).toBe('due')
  expect(kind(line('counted', { by: 'notice' }))).toBe('makeup')
  expect(kind(line('rest', { work: false, by: 'notice' }))).toBe('holiday')
  expect(kind(line('rest', { work: false }))).toBe('rest')
  expect(kind(line('paused'))).toBe('paused')
  expect(kind()).toBe('out')
})

test('a day of which hours count is no day of rest', () => {
  expect(kind(line('hours', { count: 450 }))).toBe('counted')
  expect(kind(line('hours', { count: 450, by: 'notice' }))).toBe('makeup')
  expect(kind(line('start'), line('hours', { count: 60 }))).toBe('start')
  expect(hoursText(450)).toBe('7:30')
  expect(hoursText(65)).toBe('1:05')
})

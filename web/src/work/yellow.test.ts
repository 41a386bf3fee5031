import { expect, test } from 'vitest'
import { newlyYellow } from './yellow'

test('the first look says nothing is new', () => {
  expect(newlyYellow(null, ['a', 'b'], '2026-10-12').fresh).toEqual([])
})

test('a later day tells what was not yellow on the day before, as often as one looks', () => {
  const monday = newlyYellow(null, ['a'], '2026-10-12').keep
  const tuesday = newlyYellow(monday, ['a', 'b'], '2026-10-13')
  expect(tuesday.fresh).toEqual(['b'])
  expect(newlyYellow(tuesday.keep, ['b', 'c'], '2026-10-13').fresh).toEqual(['b', 'c'])
  expect(newlyYellow(tuesday.keep, ['b', 'c'], '2026-10-14').fresh).toEqual(['c'])
})

import { expect, test } from 'vitest'
import { changes, depthOf, firstDays, givenWords, points } from './rounds'

test('points are written with two decimals', () => {
  expect(points(935000)).toBe('93.50')
  expect(points(449)).toBe('0.04')
  expect(points(undefined)).toBe('—')
})

test('a part stands below what it is part of', () => {
  const tree = [{ id: 'a', in: '' }, { id: 'b', in: 'a' }, { id: 'c', in: 'b' }]
  expect(tree.map((i) => depthOf(tree, i.id))).toEqual([0, 1, 2])
})

test('figures are fractions, marks are points', () => {
  expect(givenWords({ n: 98, d: 100 }, 'in_time_share')).toBe('98/100')
  expect(givenWords({ n: 5, d: 1 }, 'late')).toBe('5')
  expect(givenWords({ n: 662500, d: 1 }, '')).toBe('66.25')
  expect(givenWords(null, 'late')).toBe('')
})

test('periods that have begun, newest first', () => {
  expect(firstDays('month', '2026-01-31').slice(0, 2)).toEqual(['2026-01-01', '2025-12-01'])
  expect(firstDays('quarter', '2026-11-28').slice(0, 2)).toEqual(['2026-10-01', '2026-07-01'])
  expect(firstDays('half_year', '2026-06-30').slice(0, 2)).toEqual(['2026-01-01', '2025-07-01'])
  expect(firstDays('year', '2026-12-31')).toEqual(['2026-01-01', '2025-01-01'])
})

test('a correction tells of every unit, those that changed first', () => {
  const is = (published: number, place: number) => ({ applies: true, published, place })
  const units = [
    { code: 'a', name: 'A', score: is(9000, 1), before: is(9000, 1) },
    { code: 'b', name: 'B', score: is(8000, 3), before: is(8000, 2) },
    { code: 'c', name: 'C', score: is(8500, 2), before: is(7000, 3) },
  ]
  expect(changes(units).map((c) => [c.code, c.moved])).toEqual([['c', true], ['b', true], ['a', false]])
  expect(changes(units.map((u) => ({ ...u, before: null })))).toEqual([])
})

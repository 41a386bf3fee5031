import { expect, test } from 'vitest'
import { depthOf, givenWords, points } from './rounds'

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

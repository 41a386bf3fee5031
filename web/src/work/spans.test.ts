import { expect, test } from 'vitest'
import { addSpan, pieces } from './spans'

test('a span takes in what it overlaps and leaves the others', () => {
  const spans = addSpan(addSpan([{ from: 0, to: 2, kind: 'name' }], { from: 5, to: 8, kind: 'phone' }), { from: 7, to: 9, kind: 'address' })
  expect(spans).toEqual([
    { from: 0, to: 2, kind: 'name' },
    { from: 5, to: 9, kind: 'address' },
  ])
})

test('pieces count characters outside the first plane as one', () => {
  const parts = pieces('𠮷田说123', [{ from: 0, to: 2, kind: 'name' }])
  expect(parts.map((p) => p.text)).toEqual(['𠮷田', '说123'])
  expect(parts[0]?.span?.kind).toBe('name')
})

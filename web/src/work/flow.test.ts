import { describe, expect, it } from 'vitest'
import { matrixOf } from './flow'

const link = (from: string, to: string, times: number) => ({ from, from_name: from.toUpperCase(), to, to_name: to.toUpperCase(), times, matters: times })

describe('the flow as a matrix', () => {
  it('has the busiest first, on both sides', () => {
    const m = matrixOf([link('a', 'b', 2), link('c', 'b', 5), link('a', '', 1)], 9)
    expect(m.from.map((f) => [f.code, f.sum])).toEqual([['c', 5], ['a', 3]])
    expect(m.to.map((f) => [f.code, f.name, f.sum])).toEqual([['b', 'B', 7], ['', '', 1]])
    expect([m.times('c', 'b'), m.times('a', ''), m.times('b', 'a'), m.most, m.all, m.left]).toEqual([5, 1, 0, 5, 8, 0])
  })
  it('says how much it leaves out', () => {
    const m = matrixOf([link('a', 'b', 9), link('c', 'd', 4), link('e', 'f', 1)], 2)
    expect(m.from.map((f) => f.code)).toEqual(['a', 'c'])
    expect([m.all, m.left]).toEqual([14, 1])
  })
  it('may be empty', () => expect(matrixOf([], 9)).toMatchObject({ from: [], to: [], all: 0, left: 0, most: 1 }))
})

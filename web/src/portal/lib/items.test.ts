import { expect, test } from 'vitest'
import { limitKey } from './items'

test('a limit is a length, on the spot, or not known: never guessed', () => {
  expect(limitKey('20wd')).toEqual({ key: 'unit.wd', n: 20 })
  expect(limitKey('0wd')).toEqual({ key: 'guide.at_once', n: 0 })
  expect(limitKey('')).toBeNull()
  expect(limitKey(undefined)).toBeNull()
  expect(limitKey('soon')).toBeNull()
})

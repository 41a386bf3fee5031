import { expect, test } from 'vitest'
import { filled, freshNonce, keepBallot, readBallot, spelt } from './ballot'

test('a code is written as it stands on the slip', () => {
  expect(spelt(' abcd2345efgh6789 ')).toBe('ABCD-2345-EFGH-6789')
  expect(spelt('ABCD-23')).toBe('ABCD-23')
  expect(spelt('abcd-2345-efgh-6789-too-long')).toBe('ABCD-2345-EFGH-6789')
})

test('a ballot is kept until it has arrived', () => {
  const ballot = { code: 'A', nonce: freshNonce(), ratings: { a: ['good', null] } }
  keepBallot(ballot)
  expect(readBallot()).toEqual(ballot)
  keepBallot(null)
  expect(readBallot()).toBeNull()
})

test('each nonce is another, and long enough', () => {
  expect(freshNonce()).toHaveLength(24)
  expect(freshNonce()).not.toBe(freshNonce())
})

test('units without an answer are not sent', () => {
  expect(filled({ a: [null, 'good'], b: [null, null] })).toEqual({ a: [null, 'good'] })
})

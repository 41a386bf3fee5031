import { expect, test } from 'vitest'
import { dataOf, inputOf, missing, type Field } from './fields'

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ name, type, required: false, private: false, most: 100, list: '', ...more })

test('each field is asked for in its own way', () => {
  expect(inputOf(field('unit', 'word'))).toBe('unit')
  expect(inputOf(field('ground', 'word', { list: 'close_grounds' }))).toBe('choice')
  expect(inputOf(field('text', 'text', { most: 20000 }))).toBe('long')
  expect(inputOf(field('paper', 'text', { most: 200 }))).toBe('line')
  expect(inputOf(field('limit', 'limit'))).toBe('limit')
  expect(inputOf(field('fee', 'text', { most: 200 }))).toBe('fee')
  expect(inputOf(field('amount', 'money'))).toBe('money')
  expect(inputOf(field('papers', 'texts'))).toBe('lines')
})

test('what is empty is not sent; types are those of the contract', () => {
  const fields = [field('text', 'text'), field('level', 'integer'), field('papers', 'texts'), field('due', 'instant'), field('units', 'words'), field('reason', 'text')]
  expect(dataOf(fields, { text: ' a ', level: '3', papers: 'x\n\n y ', due: '2026-10-01T10:00', units: ['a', 'b'], reason: '  ' })).toEqual({
    text: ' a ',
    level: 3,
    papers: ['x', 'y'],
    due: '2026-10-01T10:00:00+08:00',
    units: ['a', 'b'],
  })
})

test('required fields that are blank are missing', () => {
  expect(missing([{ name: 'a', required: true }, { name: 'b', required: false }, { name: 'c', required: true }], { a: ' ', c: ['x'] })).toEqual(['a'])
})

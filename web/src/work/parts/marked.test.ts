import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import Marked from './Marked.vue'

const html = (text: string, marks?: number[][]) => mount(Marked, { props: { text, marks } }).html().replace(/<!--.*?-->|\n/g, '')

test('words are marked where they stand, by code points', () => {
  expect(html('修道路、道路', [[1, 3], [4, 6]])).toContain('修<mark>道路</mark>、<mark>道路</mark>')
  expect(html('𠮷田道路', [[2, 4]])).toContain('𠮷田<mark>道路</mark>')
  expect(html('道路')).toContain('道路')
  expect(html('道路')).not.toContain('mark')
  expect(html('<b>', [[0, 3]])).toContain('<mark>&lt;b&gt;</mark>')
})

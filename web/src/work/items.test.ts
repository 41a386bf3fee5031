import { describe, expect, it } from 'vitest'
import { contentOf, typedOf, type Content } from './items'

describe('an item as it is typed', () => {
  const whole: Content = {
    name: '取水许可', type: 'licence', unit: 'swj', national: '99', link: 'https://example.org', statutory: '20wd', pledged: '7wd',
    basis: ['行政许可法 第十二条', '某目录'], conditions: ['有取水计划'], channels: ['政务大厅'], tags: ['investment'],
    papers: [{ name: '申请表', copies: 2, sample: '见窗口' }, { name: '身份证明' }],
    steps: [{ name: '受理', section: '窗口', post: 'swj.jb', limit: '1wd' }, { name: '踏勘', beside: true }],
    fees: [{ name: '工本费', standard: '10元', basis: '某文' }],
  }
  it('comes back as it was', () => expect(contentOf(typedOf(whole), whole)).toEqual(whole))
  it('leaves out what is empty', () => expect(contentOf({ ...typedOf({ name: '咨询', type: 'service', unit: 'x' }), papers: '\n \n' })).toEqual({ name: '咨询', type: 'service', unit: 'x' }))
  it('keeps the place of an empty part', () => expect(contentOf({ ...typedOf(whole), steps: '+ 决定 || swj.fzr | 即办' }).steps).toEqual([{ name: '决定', post: 'swj.fzr', limit: '即办', beside: true }]))
})

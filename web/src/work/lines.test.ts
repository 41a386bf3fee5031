import { describe, expect, it } from 'vitest'
import { emptyLine, isBlank, pastedLines, readLines, writeLines } from './lines'

describe('lines of a problem list', () => {
  it('are kept as one text, without what is empty', () => {
    const lines = [{ ...emptyLine(), example: ' 王某跑了三趟 ', place: ' ' }, emptyLine()]
    expect(writeLines(lines)).toBe('[{"example":"王某跑了三趟"}]')
    expect(readLines(writeLines(lines))).toEqual([{ ...emptyLine(), example: '王某跑了三趟' }])
    expect(writeLines([emptyLine()])).toBe('')
  })
  it('a draft that is none is no line', () => {
    for (const text of ['', 'x', '7', '{}', 'null']) expect(readLines(text)).toEqual([])
  })
  it('come out of a copied table', () => {
    const made = pastedLines('拖拉延误\t王某跑了三趟\t3号窗口\t2026-02-11\r\n\n不是表格\n', (t) => (t === '拖拉延误' ? 'ill_delay' : t))
    expect(made).toHaveLength(1)
    expect(made[0]).toMatchObject({ category: 'ill_delay', example: '王某跑了三趟', place: '3号窗口', date: '2026-02-11', due: '' })
    expect(isBlank(emptyLine())).toBe(true)
  })
})

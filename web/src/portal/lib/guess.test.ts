import { describe, expect, it } from 'vitest'
import { forPeople, guessClasses, guessKind, titleOf } from './guess'

const classes = ['urban_rural', 'environment', 'transport', 'labour', 'conduct'].map((id) => ({ id, title: { 'zh-CN': id } }))

describe('guesses', () => {
  it('finds the class by what people say, in three languages', () => {
    expect(guessClasses('小区门口的路灯坏了半个月', classes)[0]).toBe('urban_rural')
    expect(guessClasses('夜裡施工噪音很大', classes)[0]).toBe('environment')
    expect(guessClasses('My employer has not paid my wage', classes)[0]).toBe('labour')
    expect(guessClasses('嗯', classes)).toEqual([])
  })
  it('finds a class of the city by its title', () => {
    expect(guessClasses('关于古树名木的事', [{ id: 'x9', title: { 'zh-CN': '古树名木' } }])).toEqual(['x9'])
  })
  it('proposes a kind that the city has', () => {
    expect(guessKind('窗口人员态度恶劣', ['hotline', 'complaint'])).toBe('complaint')
    expect(guessKind('路灯坏了', ['complaint', 'hotline'])).toBe('hotline')
    expect(guessKind('申请公开预算', ['hotline'])).toBe('hotline')
    expect(guessKind('', [])).toBe('')
  })
  it('takes the first sentence as title, by characters', () => {
    expect(titleOf(' 路灯坏了。已经半个月。')).toBe('路灯坏了')
    expect([...titleOf('𠮷'.repeat(90))]).toHaveLength(60)
    expect(titleOf('')).toBe('')
  })
  it('keeps the words of the office away', () => {
    expect(forPeople([{ id: 'joint' }, { id: 'health' }])).toEqual([{ id: 'health' }])
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { emptyDraft, keepDraft, readDraft } from './draft'

describe('the draft', () => {
  beforeEach(() => localStorage.clear())
  it('comes back as it was', () => {
    keepDraft({ ...emptyDraft(), body: '路灯', place: '人民路' })
    expect(readDraft()).toEqual({ ...emptyDraft(), body: '路灯', place: '人民路' })
  })
  it('leaves nothing behind when it is empty', () => {
    keepDraft({ ...emptyDraft(), body: '路灯' })
    keepDraft(emptyDraft())
    expect(localStorage.length).toBe(0)
  })
  it('takes nothing strange from what was kept, and never a name', () => {
    localStorage.setItem('huiyin.draft', JSON.stringify({ body: 5, name: '张三', title: 'x' }))
    expect(readDraft()).toEqual({ ...emptyDraft(), title: 'x' })
    localStorage.setItem('huiyin.draft', '{')
    expect(readDraft()).toEqual(emptyDraft())
  })
})

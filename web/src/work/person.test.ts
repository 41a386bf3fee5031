import { expect, it } from 'vitest'
import { personText, titleOf } from './person'

const event = (seq: number, move: string, kept: object | null) => ({ seq, index: seq, move, at: '2026-03-02T09:00:00+08:00', role: 'citizen', unit: '', data: {}, private: kept })
const matter = { code: 'TS-2026-000001', kind: 'complaint', sealed: true, files: [{ n: 1, type: 'image/png', size: 9, clean: true, at: '2026-03-02T09:00:00+08:00', name: '照片.png', hash: 'ab' }], events: [event(1, 'file', { title: '路灯', body: '两行\n正文', level: 3 }), event(2, 'correct', { title: '路灯不亮' }), event(3, 'close', null)] }

it('tells every text of a person once, and the newest title', () => {
  const said = personText([matter as never], { kind: () => '投诉', move: (_, id) => id, at: (i) => i.slice(0, 10), labels: { title: '标题' }, sealed: '姓名已密封' })
  expect(said.split('\r\n')).toEqual(['TS-2026-000001  投诉', '姓名已密封', '  2026-03-02  file', '    标题: 路灯', '    body: 两行\n      正文', '  2026-03-02  correct', '    标题: 路灯不亮', '  2026-03-02  close', '  照片.png  9 B  ab', ''])
  expect(titleOf(matter as never)).toBe('路灯不亮')
})

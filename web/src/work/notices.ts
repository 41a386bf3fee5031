// Notices 通知书: their forms, the kinds behind them, and which of them somebody may issue.
import type { Schemas } from '@/shared/api'
import { me } from './session'
import type { Kind } from './stock'

export type Notice = Schemas['Notice']
export type Form = Schemas['NoticeForm']
export const FORMS: Form[] = ['urging', 'supervision', 'rectification', 'advice']
export const kindOfForm = (f: Form) => (f === 'supervision' ? 'instruction' : f)
export const formOfKind = (kind: string) => FORMS.find((f) => kindOfForm(f) === kind) ?? 'rectification'

export function formName(f: Form, t: (key: string) => string): string {
  return { urging: () => t('notice_form_urging'), supervision: () => t('notice_form_supervision'), rectification: () => t('notice_form_rectification'), advice: () => t('notice_form_advice') }[f]()
}

/** The forms whose kinds let one of my roles file. */
export function issuable(kinds: Kind[]): Form[] {
  const held = new Set(me.access?.roles.map((r) => r.role))
  return FORMS.filter((f) => kinds.find((k) => k.id === kindOfForm(f))?.moves.some((m) => m.act === 'file' && m.who.some((w) => held.has(w))))
}

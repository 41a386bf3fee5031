// What is kept of a person, as a text that they can read.
import type { Schemas } from '@/shared/api'

type Given = Schemas['PersonData']['matters'][number]
type Words = {
  kind: (id: string) => string
  move: (kind: string, id: string) => string
  at: (instant: string) => string
  labels: Record<string, string> // of fields
  sealed: string
}

const texts = (o: unknown) => Object.entries((o ?? {}) as Record<string, unknown>).filter((e): e is [string, string] => typeof e[1] === 'string' && e[1] !== '')

/** The newest title that is still there. */
export const titleOf = (m: Given) => m.events.map((e) => texts(e.private).find(([k]) => k === 'title')?.[1]).filter(Boolean).at(-1) ?? ''

export function personText(matters: Given[], w: Words): string {
  const lines: string[] = []
  for (const m of matters) {
    lines.push(`${m.code}  ${w.kind(m.kind)}`)
    if (m.sealed) lines.push(w.sealed)
    for (const e of m.events) {
      lines.push(`  ${w.at(e.at)}  ${w.move(m.kind, e.move)}`)
      for (const [k, v] of texts(e.private)) lines.push(`    ${w.labels[k] ?? k}: ${v.replaceAll('\n', '\n      ')}`)
    }
    for (const f of m.files) lines.push(`  ${f.name || f.type}  ${f.size} B  ${f.hash ?? ''}`)
    lines.push('')
  }
  return lines.join('\r\n')
}

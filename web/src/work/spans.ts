// Spans of a text that others do not read; positions count characters (code points).
import type { Schemas } from '@/shared/api'

export type Span = Schemas['RedactionSpan']

/** With `s` in it, in order; what it overlaps becomes part of it. */
export function addSpan(spans: Span[], s: Span): Span[] {
  const apart = spans.filter((x) => x.to <= s.from || x.from >= s.to)
  const over = spans.filter((x) => !apart.includes(x))
  const whole = { from: Math.min(s.from, ...over.map((x) => x.from)), to: Math.max(s.to, ...over.map((x) => x.to)), kind: s.kind }
  return [...apart, whole].sort((a, b) => a.from - b.from)
}

export function pieces(text: string, spans: Span[]): { text: string; span?: Span }[] {
  const chars = [...text]
  const out: { text: string; span?: Span }[] = []
  let at = 0
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.from > at) out.push({ text: chars.slice(at, span.from).join('') })
    out.push({ text: chars.slice(span.from, span.to).join(''), span })
    at = span.to
  }
  if (at < chars.length) out.push({ text: chars.slice(at).join('') })
  return out
}

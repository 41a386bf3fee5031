// Where the marks of a clock stand on its bar, in percent from its start to its last date.
import type { Schemas } from '@/shared/api'

export type Clock = Schemas['Clock']
export type Span = { from: number; width: number }
export type Bar = {
  running: Span // from the start to now, or to where it stopped
  extended: Span | null // from the original date to the present one
  pauses: Span[]
  original: number | null // where the original date was, when it moved
  pledged: number | null
  due: number | null
  today: number | null // null when the clock has stopped
  late: Span | null // past the date
}

export function barOf(clock: Clock, now: number): Bar | null {
  if (!clock.start_at) return null
  const at = (i: string | null | undefined) => (i ? Date.parse(i) : null)
  const start = Date.parse(clock.start_at)
  const due = at(clock.due_at)
  const original = at(clock.original_due_at)
  const pledged = at(clock.pledged_due_at)
  const stopped = at(clock.stopped_at)
  const end = stopped ?? now
  const last = Math.max(end, due ?? 0, original ?? 0, pledged ?? 0, start + 1)
  const place = (x: number) => Math.max(0, Math.min(100, ((x - start) / (last - start)) * 100))
  const span = (a: number, b: number): Span => ({ from: place(a), width: Math.max(0, place(b) - place(a)) })
  return {
    running: span(start, due === null ? end : Math.min(end, due)),
    extended: due !== null && original !== null && due > original ? span(original, due) : null,
    pauses: clock.pauses.map((p) => span(Date.parse(p.from), at(p.until) ?? end)),
    original: original !== null && original !== due ? place(original) : null,
    pledged: pledged === null ? null : place(pledged),
    due: due === null ? null : place(due),
    today: stopped === null ? place(now) : null,
    late: due !== null && end > due ? span(due, end) : null,
  }
}

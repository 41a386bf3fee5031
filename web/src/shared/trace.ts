// What a day of a trace is, for the calendars of both faces.
import type { Schemas } from './api'

export type Line = Schemas['Trace'][number]
export type CellKind = 'due' | 'start' | 'paused' | 'counted' | 'makeup' | 'holiday' | 'rest' | 'out'

/** LINES are those of one day. Days count, and so do days of which hours count. */
export function cellKind(lines: Line[]): CellKind {
  const has = (...what: Line['what'][]) => lines.find((l) => what.includes(l.what))
  const first = lines[0]
  if (!first) return 'out'
  if (has('due')) return 'due'
  if (has('start', 'shift')) return 'start'
  if (has('paused')) return 'paused'
  const counted = has('counted', 'hours')
  if (counted) return counted.work && counted.by !== 'week' ? 'makeup' : 'counted'
  return !first.work && first.by !== 'week' ? 'holiday' : 'rest'
}

/** Minutes as "7:05". */
export const hoursText = (minutes: number) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`

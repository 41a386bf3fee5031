// What turned yellow since yesterday: told from what this browser saw on the days before.
export type Kept = { day: string; codes: string[]; before: string[] }

/** `before` is what was yellow on the last earlier day on which somebody looked. */
export function newlyYellow(kept: Kept | null, codes: string[], today: string): { fresh: string[]; keep: Kept } {
  const before = !kept ? codes : kept.day === today ? kept.before : kept.codes
  const known = new Set(before)
  return { fresh: codes.filter((c) => !known.has(c)), keep: { day: today, codes, before } }
}

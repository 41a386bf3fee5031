// The lines of a problem list, while they are written.
export type Line = { category: string; example: string; place: string; date: string; cause: string; measure: string; responsible: string; due: string }
export const emptyLine = (): Line => ({ category: '', example: '', place: '', date: '', cause: '', measure: '', responsible: '', due: '' })
/** What is sent of a line: empty fields are left out. */
export const sentLine = (l: Line) => Object.fromEntries(Object.entries(l).map(([k, v]) => [k, v.trim()]).filter(([, v]) => v)) as Partial<Line>
export const isBlank = (l: Line) => Object.keys(sentLine(l)).length === 0
/** Typed fields hold texts: the lines are kept as one. */
export function readLines(text: string): Line[] {
  try {
    const v: unknown = JSON.parse(text || '[]')
    return Array.isArray(v) ? v.map((l) => ({ ...emptyLine(), ...(l as Partial<Line>) })) : []
  } catch {
    return []
  }
}
export const writeLines = (lines: Line[]) => {
  const kept = lines.filter((l) => !isBlank(l)).map(sentLine)
  return kept.length ? JSON.stringify(kept) : ''
}
/** From a table copied out of a spreadsheet: one line a row, columns in the order of the form. */
export function pastedLines(text: string, categoryOf: (title: string) => string): Line[] {
  const names = Object.keys(emptyLine()) as (keyof Line)[]
  return text
    .replace(/\r/g, '')
    .split('\n')
    .filter((row) => row.includes('\t'))
    .map((row) => {
      const cells = row.split('\t')
      const line = emptyLine()
      names.forEach((n, i) => (line[n] = (cells[i] ?? '').trim()))
      return { ...line, category: categoryOf(line.category) }
    })
}

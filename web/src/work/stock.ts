// What seldom changes: kinds, words, units, rules.  Asked for once; a failure is forgotten.
import { api, data, type Schemas } from '@/shared/api'
import { learnNow, learnYear, today } from './time'

const kept = new Map<string, Promise<unknown>>()

function keep<T>(key: string, ask: () => Promise<T>): Promise<T> {
  let answer = kept.get(key) as Promise<T> | undefined
  if (!answer) {
    answer = ask()
    kept.set(key, answer)
    answer.catch(() => kept.delete(key))
  }
  return answer
}

export function forget(key?: string) {
  if (key) kept.delete(key)
  else kept.clear()
}

export type Kind = Schemas['Kind']
export type Unit = Schemas['Unit']
export type Word = Schemas['Words']['words'][number]

export const institution = () =>
  keep('institution', async () => {
    const answer = await data(api.GET('/api/v1/institution'))
    learnNow(answer.now)
    return answer
  })
export const kinds = () => keep('kinds', async () => (await data(api.GET('/api/v1/kinds'))).kinds)
export const units = () => keep('units', async () => (await data(api.GET('/api/v1/units'))).units)
export const rules = () => keep('rules', async () => (await data(api.GET('/api/v1/rules'))).rules)
export const permissions = () => keep('permissions', () => data(api.GET('/api/v1/permissions')))
export const figures = () => keep('figures', async () => (await data(api.GET('/api/v1/supervision/figures'))).figures)
export const words = (list: string) =>
  keep('list/' + list, async () => (await data(api.GET('/api/v1/lists/{list}', { params: { path: { list } } }))).words)

/** The calendar of this year and its neighbours; without it words fall back to days. */
export async function workdays() {
  const year = Number(today().slice(0, 4))
  await Promise.all(
    [year - 1, year, year + 1].map((n) =>
      keep('year/' + n, async () => {
        const answer = await data(api.GET('/api/v1/calendar/{year}', { params: { path: { year: String(n) } } }))
        learnYear(answer)
        return answer
      }).catch(() => null),
    ),
  )
}

/** The name of a unit with those above it that make it clear: "市城市管理局东岸分局 · 办公室". */
export function unitNames(all: Unit[]) {
  const by = new Map(all.map((u) => [u.code, u]))
  return (code: string) => {
    const unit = by.get(code)
    if (!unit) return code
    const above = by.get(unit.parent)
    return (unit.kind === 'section' || unit.kind === 'window') && above ? `${above.name} · ${unit.name}` : unit.name
  }
}

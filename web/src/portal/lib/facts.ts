// What seldom changes is asked for once; a failure is forgotten, so that it is tried again.
import { api, data, type Schemas } from '@/shared/api'

type Text = Schemas['Title']

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () => {
    kept ??= ask().catch((e: unknown) => {
      kept = undefined
      throw e
    })
    return kept
  }
}

export const institution = once(() => data<Schemas['Institution']>(api.GET('/api/v1/institution')))
export const kinds = once(async () => (await data<Schemas['Kinds']>(api.GET('/api/v1/kinds'))).kinds)
export const units = once(async () => (await data<Schemas['Units']>(api.GET('/api/v1/units'))).units)
export const rules = once(async () => (await data<Schemas['Rules']>(api.GET('/api/v1/rules'))).rules)

const lists = new Map<string, () => Promise<Schemas['Words']['words']>>()
export function words(list: string) {
  if (!lists.has(list))
    lists.set(list, once(async () => (await data<Schemas['Words']>(api.GET('/api/v1/lists/{list}', { params: { path: { list } } }))).words))
  return lists.get(list)!()
}

/** A text of the institution in the language of the page. */
export const say = (text: Text | undefined, lang: string) => (text ? text[lang as keyof Text] || text['zh-CN'] : '')

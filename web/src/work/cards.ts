// How many cards there are within reach: asked for once, and again when one was contested or decided.
import { reactive } from 'vue'
import { api, data, type Schemas } from '@/shared/api'
import { may } from './session'

export const cards = reactive({ total: null as Schemas['CardFigures'] | null })

export async function countCards() {
  if (!may('card.read')) return
  cards.total = (await data(api.GET('/api/v1/card-counts', { params: { query: {} } }))).total
}

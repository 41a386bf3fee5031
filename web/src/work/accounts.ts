// Accounts by their number, for those who may see them: asked for once each.
import { reactive } from 'vue'
import { api, data } from '@/shared/api'
import { may } from './session'

const logins = reactive(new Map<number, string>())
const asked = new Set<number>()

/** The login, as soon as it is known; until then, and for those who may not see it, the number. */
export function loginOf(id: number): string {
  if (!asked.has(id) && may('account.read')) {
    asked.add(id)
    void data(api.GET('/api/v1/accounts/{id}', { params: { path: { id: id as never } } })).then((a) => logins.set(id, a.login), () => asked.delete(id))
  }
  return logins.get(id) ?? '#' + id
}

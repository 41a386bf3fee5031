// Something fetched: what came, what went wrong, whether it is on its way; the newest question wins.
import { ref, shallowRef } from 'vue'

export function useLoad<T>(ask: () => Promise<T>) {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  let turn = 0
  async function load() {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await ask()
      if (mine !== turn) return
      value.value = answer
      error.value = null
    } catch (e) {
      if (mine === turn) error.value = e
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  return { value, error, busy, load }
}

/** One act at a time: no second click while the first is on its way. */
export function useAct() {
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  async function act(what: () => Promise<void>) {
    if (busy.value) return false
    busy.value = true
    error.value = null
    try {
      await what()
      return true
    } catch (e) {
      error.value = e
      return false
    } finally {
      busy.value = false
    }
  }
  return { error, busy, act }
}

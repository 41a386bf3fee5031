// A list that comes page by page: what came, what went wrong, whether more is to come; the newest question wins.
import { ref, shallowRef } from 'vue'

type Page = { items: readonly unknown[]; next: string | number | null }

/** ASK is given where the page before ended, null for the first one; CAME is told of each first page. */
export function usePages<P extends Page>(ask: (cursor: P['next']) => Promise<P>, came?: (page: P) => void) {
  const lines = shallowRef<P['items'][number][]>([])
  const next = shallowRef<P['next']>(null)
  const busy = ref(false)
  const asked = ref(false)
  const error = shallowRef<unknown>(null)
  let turn = 0
  async function load(more = false) {
    const mine = ++turn
    busy.value = true
    try {
      const page = await ask(more ? next.value : null)
      if (mine !== turn) return
      lines.value = more ? [...lines.value, ...page.items] : [...page.items]
      next.value = page.next
      error.value = null
      if (!more) came?.(page)
    } catch (e) {
      if (mine === turn) error.value = e
    } finally {
      if (mine === turn) {
        busy.value = false
        asked.value = true
      }
    }
  }
  return { lines, next, busy, asked, error, load }
}

// The wall refreshes itself: the server says when something changed (server-sent events), and what it is is asked for
// as always, by whoever is logged in.  The browser comes again by itself, also after the server was started anew;
// where it gives up (refused, too many) we come again after a while.
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

const REST = 30_000
const SOONEST = 4_000 // however much happens

export function useWall(on: Ref<boolean>, refresh: () => void) {
  const live = ref(false)
  let source: EventSource | null = null
  let again = 0
  let last = 0
  let later = 0
  let ends = 0 // without an event between: each answer is one event and then ends, so two in a row are a failure
  function fresh() {
    window.clearTimeout(later)
    const wait = last + SOONEST - Date.now()
    if (wait > 0) later = window.setTimeout(fresh, wait)
    else {
      last = Date.now()
      refresh()
    }
  }
  function open() {
    window.clearTimeout(again)
    source = new EventSource('/api/v1/supervision/changes')
    const told = () => {
      ends = 0
      live.value = true
    }
    source.addEventListener('hello', told)
    for (const what of ['change', 'time'])
      source.addEventListener(what, () => {
        told()
        fresh()
      })
    source.onerror = () => {
      if (++ends > 1) live.value = false
      if (source?.readyState !== EventSource.CLOSED) return // it comes again by itself
      close()
      again = window.setTimeout(() => {
        refresh() // says what is wrong: logged out, not allowed, not there
        open()
      }, REST)
    }
  }
  function close() {
    source?.close()
    source = null
    live.value = false
  }
  function end() {
    close()
    window.clearTimeout(again)
    window.clearTimeout(later)
  }
  watch(on, (now) => (now ? open() : end()), { immediate: true })
  onBeforeUnmount(end)
  return { live }
}

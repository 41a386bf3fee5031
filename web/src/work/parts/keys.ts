// The keys of a list: j and k move, Enter opens; pages add their own.
import { nextTick, onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

export function useRowKeys(list: { n: () => number; open: (row: number) => void; more?: () => void; place: Ref<HTMLElement | null>; keys?: Record<string, (row: number) => void> }) {
  const row = ref(-1)
  function onKey(e: KeyboardEvent) {
    const target = e.target as HTMLElement
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector('.el-overlay:not([style*="display: none"])')) return
    const last = list.n() - 1
    if (e.key === 'j' || e.key === 'k') {
      row.value = Math.max(0, Math.min(last, row.value + (e.key === 'j' ? 1 : -1)))
      void nextTick(() => list.place.value?.querySelector('tr.here')?.scrollIntoView({ block: 'nearest' }))
      if (e.key === 'j' && row.value === last) list.more?.()
    } else if (row.value < 0 || row.value > last) return
    else if (e.key === 'Enter' && target.tagName !== 'A' && target.tagName !== 'BUTTON') list.open(row.value)
    else list.keys?.[e.key]?.(row.value)
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
  return row
}

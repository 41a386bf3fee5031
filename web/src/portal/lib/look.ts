// How the pages look: theme and size of type, remembered on this device.
import { ref } from 'vue'

const root = document.documentElement

function keep(key: string, value: string) {
  try {
    if (value) localStorage.setItem(key, value)
    else localStorage.removeItem(key)
  } catch {
    /* for this page only */
  }
}

export const dark = ref(root.dataset.theme === 'dark')
export const big = ref(root.hasAttribute('data-big'))

export function turnTheme() {
  dark.value = !dark.value
  root.dataset.theme = dark.value ? 'dark' : 'light'
  keep('huiyin.theme', root.dataset.theme)
}

export function turnBig() {
  big.value = !big.value
  root.toggleAttribute('data-big', big.value)
  keep('huiyin.big', big.value ? 'yes' : '')
}

// How the pages look: theme and size of type, remembered on this device.
import { ref } from 'vue'

function keep(key: string, value: string) {
  try {
    if (value) localStorage.setItem(key, value)
    else localStorage.removeItem(key)
  } catch {
    /* for this page only */
  }
}

export const dark = ref(false)
export const big = ref(false)

/** What public/early.js has set. */
export function learnLook() {
  const root = document.documentElement
  dark.value = root.dataset.theme === 'dark'
  big.value = root.hasAttribute('data-big')
}

export function turnTheme() {
  const root = document.documentElement
  dark.value = !dark.value
  root.dataset.theme = dark.value ? 'dark' : 'light'
  keep('huiyin.theme', root.dataset.theme)
}

export function turnBig() {
  big.value = !big.value
  document.documentElement.toggleAttribute('data-big', big.value)
  keep('huiyin.big', big.value ? 'yes' : '')
}

// Small things a person left in this browser: filters, columns, half-written texts.
export function readKept<T>(key: string, otherwise: T, store: Storage = localStorage): T {
  try {
    const text = store.getItem('huiyin.work.' + key)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function writeKept(key: string, value: unknown, store: Storage = localStorage) {
  try {
    if (value === undefined) store.removeItem('huiyin.work.' + key)
    else store.setItem('huiyin.work.' + key, JSON.stringify(value))
  } catch {
    /* kept for this page only */
  }
}

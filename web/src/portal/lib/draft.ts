// A draft on this device: texts in localStorage, files in IndexedDB. Names and ways to reach somebody are
// never kept: a telephone is lent, a computer is shared.
export interface Draft {
  body: string
  title: string
  place: string
  kind: string
  class: string
  about: string
  item: string // code of the item applied for
}
export const emptyDraft = (): Draft => ({ body: '', title: '', place: '', kind: '', class: '', about: '', item: '' })

const KEY = 'huiyin.draft'

export function readDraft(): Draft {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Draft>
    const draft = emptyDraft()
    for (const name of Object.keys(draft) as (keyof Draft)[]) if (typeof kept[name] === 'string') draft[name] = kept[name]
    return draft
  } catch {
    return emptyDraft()
  }
}

/** False when this browser keeps nothing. */
export function keepDraft(draft: Draft): boolean {
  try {
    if (Object.values(draft).some(Boolean)) localStorage.setItem(KEY, JSON.stringify(draft))
    else localStorage.removeItem(KEY)
    return true
  } catch {
    return false
  }
}

function store<T>(mode: IDBTransactionMode, run: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    const open = indexedDB.open('huiyin', 1)
    open.onupgradeneeded = () => open.result.createObjectStore('files', { autoIncrement: true })
    open.onerror = () => fail(open.error)
    open.onsuccess = () => {
      const db = open.result
      const request = run(db.transaction('files', mode).objectStore('files'))
      request.onsuccess = () => {
        db.close()
        done(request.result)
      }
      request.onerror = () => {
        db.close()
        fail(request.error)
      }
    }
  })
}

export const readFiles = () => store<File[]>('readonly', (s) => s.getAll() as IDBRequest<File[]>).catch(() => [] as File[])
export async function keepFiles(files: File[]): Promise<void> {
  try {
    await store('readwrite', (s) => s.clear())
    for (const file of files) await store('readwrite', (s) => s.add(file))
  } catch {
    /* they stay on this page only */
  }
}

export async function dropDraft(): Promise<void> {
  keepDraft(emptyDraft())
  await keepFiles([])
}

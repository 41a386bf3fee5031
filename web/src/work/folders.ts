// Folders of YAML from somebody's disk, as the server takes them.
import type { Schemas } from '@/shared/api'

export type Folder = Schemas['PackFolders']['folders'][number]

/** What is read of a file: its path below the folder that was chosen, and a way to its text. */
export interface Chosen {
  path: string // "our-city/kinds/noise.yaml", or "noise.yaml" of a file chosen alone
  text: () => Promise<string>
}

export const chosenFiles = (list: FileList | null): Chosen[] => [...(list ?? [])].map((f) => ({ path: f.webkitRelativePath || f.name, text: () => f.text() }))

/** The folder without its own name, and without what is no YAML (README.md, CHANGELOG.md). A .yml stays: the server
 * says what is wrong with it. */
export async function readFolder(chosen: Chosen[]): Promise<{ name: string; files: { path: string; text: string }[] }> {
  const kept = chosen.filter((c) => /\.ya?ml$/i.test(c.path) && !/(^|\/)\./.test(c.path)).sort((a, b) => (a.path < b.path ? -1 : 1))
  const top = kept[0]?.path.includes('/') ? kept[0].path.split('/')[0]! : ''
  const same = top && kept.every((c) => c.path.startsWith(top + '/'))
  const files = []
  for (const c of kept) files.push({ path: same ? c.path.slice(top.length + 1) : c.path, text: await c.text() })
  const said = files.find((f) => f.path === 'pack.yaml')?.text.match(/^pack:\s*["']?([\w.-]+)/m)?.[1]
  return { name: said ?? (same ? top : ''), files }
}

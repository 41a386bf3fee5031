import { describe, expect, it } from 'vitest'
import { readFolder } from './folders'

const file = (path: string, text = '') => ({ path, text: async () => text })

describe('a folder from a disk', () => {
  it('loses its own name, and what is no YAML', async () => {
    const read = await readFolder([file('ours/rules/a.yaml', 'rules: []'), file('ours/README.md'), file('ours/pack.yaml', 'version: 1\npack: our-city\n'), file('ours/.git/x.yaml')])
    expect(read.name).toBe('our-city')
    expect(read.files.map((f) => f.path)).toEqual(['pack.yaml', 'rules/a.yaml'])
  })
  it('keeps a .yml, so that the server can say what is wrong', async () => {
    expect((await readFolder([file('ours/pack.yml')])).files.map((f) => f.path)).toEqual(['pack.yml'])
  })
  it('is called like the folder when it does not say its name', async () => {
    expect((await readFolder([file('ours/rules/a.yaml')])).name).toBe('ours')
  })
  it('may be files chosen alone', async () => {
    expect((await readFolder([file('pack.yaml', 'pack: x')])).files.map((f) => f.path)).toEqual(['pack.yaml'])
  })
})

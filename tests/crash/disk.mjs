// The disk that fails (disk.c), from the test's side.
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { huiyin } from './site.mjs'

const library = path.join(path.dirname(huiyin), 'tests/crash/disk.so')
const WRITE = 0
const FLUSH = 2

export class Disk {
  static there = existsSync(library)

  constructor() {
    this.dir = mkdtempSync(path.join(tmpdir(), 'huiyin-disk-'))
    this.env = { LD_PRELOAD: library, HY_DISK: this.dir }
    this.fine()
  }

  fail(word) { writeFileSync(path.join(this.dir, 'fault'), word) }
  fine() { rmSync(path.join(this.dir, 'fault'), { force: true }) }
  remove() { rmSync(this.dir, { recursive: true }) }

  // From now on the writes to DATA are noted.
  watch(data) {
    this.files = [path.join(data, 'huiyin.db'), path.join(data, 'huiyin.db-wal')]
    this.written = path.join(this.dir, 'writes')
    writeFileSync(this.written, '')
  }

  // The power goes: of the writes after a file's last flush all, or a random part, never reached the
  // disk. The program must be dead. How many were lost.
  cut(random) {
    const bytes = readFileSync(this.written)
    const since = [[], []]
    for (let at = 0; at + 26 <= bytes.length;) {
      const [file, kind] = [bytes[at], bytes[at + 1]]
      const [offset, length, size] = [2, 10, 18].map((i) => Number(bytes.readBigInt64LE(at + i)))
      const end = at + 26 + length * (kind === WRITE ? 2 : 1)
      if (end > bytes.length) break // killed while it noted, so before it wrote
      if (kind === FLUSH) since[file] = []
      else since[file].push({ kind, offset, size, before: bytes.subarray(at + 26, at + 26 + length), after: bytes.subarray(at + 26 + length, end) })
      at = end
    }
    const all = random() < 0.5
    const lost = since.map((writes, file) => (writes.length ? this.#lose(this.files[file], writes, all, random) : 0))
    rmSync(this.files[1].replace(/wal$/, 'shm'), { force: true }) // it lives in memory only
    writeFileSync(this.written, '')
    return lost[0] + lost[1]
  }

  // Back to the last flush, then forward with those that the disk happened to do.
  #lose(file, writes, all, random) {
    const fd = openSync(file, 'r+')
    let lost = 0
    for (const { before, offset, size } of [...writes].reverse()) {
      writeSync(fd, before, 0, before.length, offset)
      ftruncateSync(fd, size)
    }
    for (const { kind, offset, after } of writes) {
      if (all || random() < 0.5) lost++
      else if (kind === WRITE) writeSync(fd, after, 0, after.length, offset)
      else if (statSync(file).size > offset) ftruncateSync(fd, offset)
    }
    closeSync(fd)
    return lost
  }
}

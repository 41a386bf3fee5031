// A city served with options of its own: certificates, proxies.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { huiyin, root } from './contract.mjs'

export class Served {
  constructor() {
    this.dir = mkdtempSync(path.join(tmpdir(), 'huiyin-edge-'))
    this.data = path.join(this.dir, 'data')
    execFileSync(huiyin, ['init', '--data', this.data, '--name', '试验市'], { cwd: root })
  }

  async serve(...more) {
    this.process = spawn(huiyin, ['serve', '--data', this.data, '--port', '0', '--json', ...more], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    this.log = ''
    this.process.stderr.on('data', (text) => { this.log += text })
    this.ended = new Promise((done) => this.process.on('exit', (code, signal) => done({ code, signal })))
    const lines = readline.createInterface({ input: this.process.stdout })
    const first = await Promise.race([
      new Promise((done) => lines.once('line', done)),
      this.ended.then((end) => { throw new Error(`huiyin serve ended: ${JSON.stringify(end)} ${this.log}`) }),
    ])
    Object.assign(this, JSON.parse(first))
    return this
  }

  async halt() {
    this.process.kill('SIGTERM')
    return this.ended
  }

  async stop() {
    if (this.process) await this.halt()
    rmSync(this.dir, { recursive: true })
  }

  // Waits until the log says so.
  async says(text) {
    for (let i = 0; i < 100; i++) {
      if (this.log.includes(text)) return
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`the log does not say "${text}": ${this.log}`)
  }
}

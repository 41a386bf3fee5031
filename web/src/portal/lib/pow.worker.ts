import { solve } from './pow'

self.onmessage = (e: MessageEvent<string>) => self.postMessage(solve(e.data))

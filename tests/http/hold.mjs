// Holds connections and says little: node hold.mjs PORT COUNT TEXT, forked by crowd.test.mjs. Each
// sends TEXT (may be empty) and waits. Tells its parent when all stand, and whenever asked how many
// still do; ends with its parent.
import net from 'node:net'

const [port, count, text] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]]
const AT_ONCE = 100
let open = 0

const one = () => new Promise((done) => {
  const socket = net.connect({ host: '127.0.0.1', port }, () => {
    open++
    if (text) socket.write(text)
    done()
  })
  socket.on('close', () => { open--; done() })
  socket.on('error', () => done())
  socket.resume()
})

for (let left = count; left > 0; left -= AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, one))
process.send({ open })
process.on('message', () => process.send({ open }))
process.on('disconnect', () => process.exit())

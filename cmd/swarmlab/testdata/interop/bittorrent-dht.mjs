// Nodes of bittorrent-dht, told what to do in JSON, a line each way, as libtorrent_nodes.py is.

import crypto from 'node:crypto'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

const setup = JSON.parse(process.argv[2])
const { default: DHT } = await import(
  pathToFileURL(setup.modules + '/node_modules/bittorrent-dht/index.js'))

const say = event => process.stdout.write(JSON.stringify(event) + '\n')

// Node's own Ed25519 takes keys in their ASN.1 form only.
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const secretPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const keyFrom = (prefix, key, make) =>
  make({
    key: Buffer.concat([prefix, Buffer.from(key)]),
    format: 'der',
    type: prefix === publicPrefix ? 'spki' : 'pkcs8'
  })
const verify = (sig, message, key) =>
  crypto.verify(null, message, keyFrom(publicPrefix, key, crypto.createPublicKey), sig)
const signer = secret => message =>
  crypto.sign(null, message, keyFrom(secretPrefix, Buffer.from(secret, 'hex'), crypto.createPrivateKey))

const split = address => {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) }
}

async function start (address) {
  const node = new DHT({ bootstrap: setup.bootstrap || false, verify })
  node.on('warning', () => {})
  const { host, port } = split(address)
  await new Promise(resolve => node.listen(port, host, resolve))
  return node
}

const nodes = await Promise.all(setup.listen.map(start))

// promised calls f with a callback and resolves to its arguments after the error.
const promised = f => new Promise((resolve, reject) =>
  f((error, ...results) => error ? reject(error) : resolve(results)))

const operations = {
  async ping (node, c) {
    const pong = await promised(done => node._sendPing(split(c.addr), done))
    return { peer: pong[0].id.toString('hex') }
  },
  async announce (node, c) {
    const [stored] = await promised(done => node.announce(c.key, c.port, done))
    return { stored }
  },
  async find (node, c) {
    const found = new Set()
    const hear = (peer, key) => {
      if (key.toString('hex') === c.key) found.add(peer.host + ':' + peer.port)
    }
    node.on('peer', hear)
    await promised(done => node.lookup(c.key, done))
    node.off('peer', hear)
    return { peers: [...found].sort() }
  },
  async put (node, c) {
    const item = { v: Buffer.from(c.value) }
    if (c.secret) {
      item.k = Buffer.from(c.public, 'hex')
      item.seq = c.seq
      item.sign = signer(c.secret)
      if (c.salt) item.salt = Buffer.from(c.salt)
      if (c.cas !== undefined) item.cas = c.cas
    }
    const [key, stored] = await promised(done => node.put(item, done))
    return { target: key.toString('hex'), stored }
  },
  async get (node, c) {
    const options = { cache: false }
    if (c.salt) options.salt = Buffer.from(c.salt)
    const [r] = await promised(done => node.get(c.target, options, done))
    if (!r) return { error: 'no value' }
    return { value: r.v.toString(), seq: r.seq }
  }
}

say({ ready: true })
for await (const line of readline.createInterface({ input: process.stdin })) {
  const c = JSON.parse(line)
  const operation = operations[c.op]
  if (!operation) {
    say({ id: c.id, error: 'unknown op ' + c.op })
    continue
  }
  operation(nodes[c.node || 0], c).then(
    result => say({ id: c.id, ...result }),
    error => say({ id: c.id, error: String(error) }))
}
process.exit(0)

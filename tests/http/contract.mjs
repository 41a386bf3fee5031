// api/openapi.yaml, read and applied: every answer a test gets is checked against it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const huiyin = path.resolve(process.env.HUIYIN ?? process.env.HUIYIN_BIN ?? path.join(root, 'build/huiyin'))
const yamlJson = path.join(path.dirname(huiyin), 'src/cli/yaml_json')

for (const program of [huiyin, yamlJson]) {
  if (!existsSync(program)) throw new Error(`${program} is not there; build first, or set HUIYIN`)
}

const big = { maxBuffer: 64 << 20 }
export const api = JSON.parse(execFileSync(yamlJson, [path.join(root, 'api/openapi.yaml')], big))
// Pages for people are no part of it.
export const routes = JSON.parse(execFileSync(huiyin, ['routes', '--json'], big)).filter((r) => !r.page)

export function resolve(thing) {
  while (thing && thing.$ref) {
    assert.match(thing.$ref, /^#\//)
    const at = thing.$ref
    thing = thing.$ref.slice(2).split('/').reduce((o, key) => o?.[key], api)
    assert.ok(thing, `${at} leads nowhere`)
  }
  return thing
}

// --- JSON Schema, as much of it as the contract uses; anything else in it is an error ------------------

export const keywords = new Set(['$ref', 'type', 'format', 'description', 'enum', 'pattern', 'minimum', 'maximum', 'minLength',
  'maxLength', 'minItems', 'maxItems', 'items', 'properties', 'required', 'additionalProperties'])
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/
const formats = {
  'date-time': (v) => instant.test(v) && !Number.isNaN(Date.parse(v)),
  date: (v) => /^\d{4}-\d\d-\d\d$/.test(v) && !Number.isNaN(Date.parse(v)),
  binary: () => true,
}

function typeOf(v) {
  if (v === null) return 'null'
  if (Array.isArray(v)) return 'array'
  if (typeof v === 'number') return Number.isInteger(v) ? 'integer' : 'number'
  return typeof v
}

// The faults of VALUE, as a list of "where: what".
export function faults(schema, value, where = '$') {
  schema = resolve(schema)
  for (const key of Object.keys(schema)) {
    if (!keywords.has(key)) throw new Error(`the contract uses "${key}", which tests/http/contract.mjs does not know`)
  }
  const types = [schema.type ?? []].flat()
  const type = typeOf(value)
  if (types.length && !types.includes(type)) return [`${where}: is ${type}, not ${types.join(' or ')}`]
  const out = []
  const wrong = (text) => out.push(`${where}: ${text}: ${JSON.stringify(value).slice(0, 80)}`)
  if (schema.enum && !schema.enum.includes(value)) wrong(`not one of ${schema.enum}`)
  if (type === 'string') {
    const n = [...value].length
    if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) wrong(`does not match ${schema.pattern}`)
    if (n < (schema.minLength ?? 0) || n > (schema.maxLength ?? Infinity)) wrong('length')
    if (schema.format && !formats[schema.format](value)) wrong(`is no ${schema.format}`)
  }
  if (type === 'integer' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))) wrong('range')
  if (type === 'array') {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) wrong('number of items')
    if (schema.items) value.forEach((v, i) => out.push(...faults(schema.items, v, `${where}[${i}]`)))
  }
  if (type === 'object') {
    for (const key of schema.required ?? []) if (!(key in value)) out.push(`${where}: ${key} is missing`)
    for (const [key, v] of Object.entries(value)) {
      const inner = schema.properties?.[key]
      if (inner) out.push(...faults(inner, v, `${where}.${key}`))
      else if (schema.additionalProperties?.$ref) out.push(...faults(schema.additionalProperties, v, `${where}.${key}`))
      else if (schema.additionalProperties === false) out.push(`${where}: ${key} is not documented`)
    }
  }
  return out
}

// --- operations ---------------------------------------------------------------------------------------

export const operations = Object.entries(api.paths).flatMap(([address, item]) =>
  Object.entries(item).map(([method, op]) => ({ address, method: method.toUpperCase(), op })))

// Fixed words win over parameters; a last parameter of /log/tile/ takes the rest.
function pattern(address) {
  const tail = address === '/log/tile/{path}' ? '.+' : '[^/]+'
  return new RegExp(`^${address.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, tail)}$`)
}
const byWords = [...operations].sort((a, b) =>
  a.address.split('{').length - b.address.split('{').length || b.address.length - a.address.length)

export function operationOf(method, pathname) {
  return byWords.find((o) => o.method === (method === 'HEAD' ? 'GET' : method) && pattern(o.address).test(pathname))
}

export const answered = new Map() // "GET /address" -> set of statuses seen

// Asserts that an answer is as documented.  Addresses that are not in the contract may only be
// problems or pages.
export function checkAnswer(method, pathname, answer) {
  const found = operationOf(method, pathname)
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]
  if (!found) {
    if (answer.status >= 400) assert.deepEqual(faults({ $ref: '#/components/schemas/Problem' }, answer.json), [])
    return
  }
  const name = `${found.method} ${found.address}`
  const documented = found.op.responses[answer.status] ?? (answer.status >= 400 && found.op.responses.default)
  assert.ok(documented, `${name} answers ${answer.status}, which is not documented: ${answer.text.slice(0, 300)}`)
  const seen = answered.get(name) ?? new Set()
  answered.set(name, seen.add(answer.status))
  const response = resolve(documented)
  for (const header of Object.keys(response.headers ?? {})) {
    if (header !== 'Link') assert.ok(answer.headers.get(header), `${name} ${answer.status}: header ${header} is missing`)
  }
  if (answer.status >= 400) {
    assert.equal(answer.json.status, answer.status)
    assert.equal(answer.json.type, `/problems/${answer.json.code}`)
  }
  if (!response.content || method === 'HEAD') return
  const content = response.content[type]
  assert.ok(content, `${name} ${answer.status}: ${type} is not documented`)
  if (!/json$/.test(type)) return
  assert.deepEqual(faults(content.schema, answer.json).slice(0, 10), [], `${name} ${answer.status}`)
}

/** Takes a client through the tour and prints, as JSON, where its store and the server differ. */
import { isDeepStrictEqual } from 'node:util'
import { getIntrospectionQuery } from 'graphql'

import { Apollo } from './apollo.js'
import { fresh, send } from './asking.js'
import { Relay } from './relay.js'
import { STEPS } from './steps.js'
import { Urql } from './urql.js'

const CLIENTS = { relay: Relay, apollo: Apollo, urql: Urql }
const TYPES = { org: 'Org', spc: 'Space', prj: 'Project', ast: 'Asset', mem: 'Member', grp: 'Group', del: 'Deletion' }
const LISTS = ['Spaces', 'Projects', 'Assets', 'Users', 'Groups', 'Events', 'RecycleBin', 'Purges']
const PAUSE = 20 // steps from one look at everything to the next
const differences = []
let compared = 0

/** One person's client, and what they looked at: all of it is compared again and again. */
class Desk {
  constructor(name, viewer, Client, schema) {
    Object.assign(this, { name, viewer, client: new Client(viewer, schema), looked: new Map() })
  }

  async look(name, variables = {}) {
    this.looked.set(JSON.stringify([name, variables]), [name, variables])
    await this.client.fetch(name, variables)
  }

  async lookAt(id) {
    await this.look(typeOf(id), { id })
    if (['Space', 'Project', 'Asset'].includes(typeOf(id))) await this.look('Resource', { id })
  }

  async lookAgain() {
    for (const [name, variables] of this.looked.values()) await this.client.fetch(name, variables)
  }

  /** Compares all that was looked at, or some of it, with what the server says now. */
  async compare(step, wanted = () => true) {
    for (const [name, variables] of this.looked.values()) {
      if (wanted(name, variables)) await this.compareOne(step, name, variables)
    }
  }

  async compareOne(step, name, variables, stored = variables) {
    compared += 1
    const [kept, told] = [await this.client.stored(name, stored), await fresh(this.viewer, name, variables)]
    differences.push(...differing(plain(kept), plain(told), name).map((found) => `${this.name} after ${step}: ${found}`))
  }
}

const typeOf = (id) => TYPES[id.slice(0, 3)]

/** A value without type names, as those who read it see it. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value ?? null
  const fields = Object.entries(value).filter(([name]) => !name.startsWith('__'))
  return Object.fromEntries(fields.map(([name, one]) => [name, plain(one)]))
}

function differing(kept, told, path) {
  if (isDeepStrictEqual(kept, told)) return []
  const walks = [kept, told].every((value) => value !== null && typeof value === 'object')
  if (!walks || Array.isArray(kept) !== Array.isArray(told)) return [`${path}: ${brief(kept)}, not ${brief(told)}`]
  const names = new Set([...Object.keys(kept), ...Object.keys(told)])
  return [...names].flatMap((name) => differing(kept[name], told[name], `${path}.${name}`))
}

const brief = (value) => (JSON.stringify(value) ?? 'nothing').slice(0, 120)

/** Makes the change of a step, and looks at what the store has made of its answer alone. */
async function make(desk, [name, input, as], known) {
  const answer = await desk.client.change(name, input(known))
  const [payload] = Object.values(plain(answer))
  const results = payload.results ?? [payload]
  const errors = [payload, ...results].flatMap((one) => one.errors)
  if (errors.length) throw new Error(`${name}: ${JSON.stringify(errors)}`)
  const [first] = results
  if (as) known[as] = as === 'undo' ? first.undoToken : first.node.id
  const ids = results.map((one) => one.node?.id).filter(Boolean)
  if (payload.node) await desk.compare(name, (_, { id }) => id === payload.node.id)
  for (const gone of results.flatMap((one) => one.deletedId ?? one.deletedIds ?? [])) await expectGone(desk, name, gone)
  return ids
}

/** What is gone is neither found by its id nor in a list: it is read as null, or asked for anew. */
async function expectGone(desk, step, id) {
  for (const [name, variables] of desk.looked.values()) {
    const kept = await desk.client.stored(name, variables)
    const holds = variables.id === id ? kept?.node : !variables.id && JSON.stringify(kept)?.includes(`"id":"${id}"`)
    if (holds) differences.push(`${desk.name} after ${step}: ${name} still has ${id}`)
  }
}

async function walk(Client, schema, { url, tokens, ids }) {
  const known = { ...ids }
  const desks = Object.entries(tokens).map(([name, token]) => new Desk(name, { url, token }, Client, schema))
  for (const desk of desks) {
    await desk.look('Viewer')
    for (const list of LISTS) await desk.look(`Org${list}`)
    for (const id of Object.values(known)) await desk.lookAt(id)
    await desk.compare('the first look')
  }
  for (const list of ['Projects', 'Groups', 'RecycleBin']) await desks[0].look(`${list}First`, { count: 20 })
  for (const [number, step] of STEPS.entries()) {
    const ids = await make(desks[0], step, known)
    for (const id of ids) await desks[0].lookAt(id)
    await desks[0].compare(step[0], (_, { id }) => ids.includes(id))
    if (number % PAUSE === PAUSE - 1 || number === STEPS.length - 1) await lookAround(desks, step[0])
  }
}

/** Has everybody look at all again, and compares all of it. */
async function lookAround(desks, step) {
  for (const desk of desks) {
    await desk.lookAgain()
    await desk.compare(step)
  }
}

/** Pages through every list in both directions: the pages put together are the list. */
async function page(Client, schema, { url, tokens }) {
  const [name, token] = Object.entries(tokens)[0]
  for (const list of LISTS) {
    for (const [way, next] of [['First', 'endCursor'], ['Last', 'startCursor']]) {
      const desk = new Desk(name, { url, token, pages: true }, Client, schema)
      await pageOne(desk, list, way, next)
    }
  }
}

async function pageOne(desk, list, way, next) {
  const name = `${list}${way}`
  let variables = { count: 2 }
  for (let pages = 1; pages <= 3; pages++) {
    await desk.client.more(name, variables)
    await desk.compareOne(`page ${pages}`, name, { count: 2 * pages }, { count: 2 })
    const told = await fresh(desk.viewer, name, variables)
    const { pageInfo } = Object.values(told.org).find((value) => value.pageInfo)
    if (!pageInfo[next === 'endCursor' ? 'hasNextPage' : 'hasPreviousPage']) return
    variables = { count: 2, cursor: pageInfo[next] }
  }
}

const given = JSON.parse(process.argv[3])
const Client = CLIENTS[process.argv[2]]
const { data: schema } = await send({ url: given.url, token: Object.values(given.tokens)[0] }, getIntrospectionQuery())
await walk(Client, schema, given)
await page(Client, schema, given)
console.log(JSON.stringify({ steps: STEPS.length, compared, differences }))

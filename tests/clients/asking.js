/** How the documents are asked: as they are written, but without what only Relay knows. */
import { parse, print, visit } from 'graphql'

import * as documents from './build/src/documents.js'

const OF_RELAY = new Set(['connection', 'deleteEdge', 'deleteRecord', 'relay'])
const parsed = new Map()

/** The document of a name. */
export function documentOf(name) {
  if (!parsed.has(name)) parsed.set(name, withoutRelay(parse(documents[name])))
  return parsed.get(name)
}

function withoutRelay(document) {
  return visit(document, {
    Directive: (node) => (OF_RELAY.has(node.name.value) ? null : undefined),
    VariableDefinition: (node) => (node.variable.name.value === 'connections' ? null : undefined),
  })
}

/** Sends a document's text and gives the whole answer; no store is asked or told. */
export async function send(viewer, query, variables) {
  const response = await fetch(viewer.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${viewer.token}` },
    body: JSON.stringify({ query, variables }),
  })
  const answer = await response.json()
  if (answer.errors) throw new Error(`${answer.errors[0].message}\n${query.slice(0, 200)}`)
  return answer
}

/** What the server says by itself, for comparison. */
export async function fresh(viewer, name, variables) {
  return (await send(viewer, print(documentOf(name)), variables)).data
}

/** Writes one module of documents from the schema: each asks for all fields of what it is about. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { buildSchema, getNamedType, isInterfaceType, isLeafType, isObjectType } from 'graphql'

const OF_THE_CLOCK = new Set(['Access.at'])
const PAGE = 2
const schema = buildSchema(readFileSync('../../schema/schema.graphql', 'utf8'))
const pascal = (name) => name[0].toUpperCase() + name.slice(1)
const isForm = (type) => /(Connection|Edge|PageInfo)$/.test(type.name)

/** Selects all fields of a type, and of what they lead to, so many steps deep. */
function all(type, depth) {
  if (isInterfaceType(type)) {
    const possible = schema.getPossibleTypes(type)
    return 'id ' + possible.map((one) => `... on ${one.name} { ${all(one, depth)} }`).join(' ')
  }
  if (!isObjectType(type)) return '__typename'
  return Object.values(type.getFields()).map((field) => one(type, field, depth)).join(' ') || '__typename'
}

function one(type, field, depth) {
  const below = getNamedType(field.type)
  if (OF_THE_CLOCK.has(`${type.name}.${field.name}`)) return ''
  if (field.args.some((argument) => /!$/.test(String(argument.type)) && argument.defaultValue === undefined)) return ''
  if (isLeafType(below)) return field.name + (field.name === 'deletedId' ? ' @deleteRecord' : '')
  if ((!isForm(below) || below.name.endsWith('Edge')) && depth === 0) return ''
  const size = field.args.some((argument) => argument.name === 'first') ? `(first: ${PAGE})` : ''
  return `${field.name}${size} { ${all(below, isForm(below) ? depth : depth - 1) || '__typename'} }`
}

/** A list of the Org that is paged; `way` is `first, after` or `last, before`. */
function paged(field, count, cursor) {
  const edge = getNamedType(getNamedType(schema.getType('Org').getFields()[field].type).getFields().edges.type)
  const rows = `edges { cursor node { ${all(edge.getFields().node.type.ofType, 0)} } }`
  const info = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
  const name = `${pascal(field)}${pascal(count)}`
  return [
    name,
    `query documents${name}Query($count: Int!, $cursor: String) {
      org { id ${field}(${count}: $count, ${cursor}: $cursor) @connection(key: "documents${name}_${field}") { ${rows} ${info} } }
    }`,
  ]
}

const documents = new Map()
const add = (name, text) => documents.set(name, text.replace(/\s+/g, ' '))
for (const type of schema.getPossibleTypes(schema.getType('Node'))) {
  add(type.name, `query documents${type.name}Query($id: ID!) { node(id: $id) { ... on ${type.name} { ${all(type, 1)} } } }`)
}
add('Resource', `query documentsResourceQuery($id: ID!) { node(id: $id) { id ... on Resource { ...documents_resource @relay(mask: false) } } }
  fragment documents_resource on Resource { id key name effectivePermission revision createdAt updatedAt access { level because } }`)
add('Viewer', `query documentsViewerQuery { viewer { ${all(schema.getType('Viewer'), 1)} } }`)
for (const field of Object.values(schema.getType('Org').getFields())) {
  if (!field.args.some((argument) => argument.name === 'first')) continue
  add(`Org${pascal(field.name)}`, `query documentsOrg${pascal(field.name)}Query { org { id ${one(schema.getType('Org'), field, 1)} } }`)
  for (const way of [['first', 'after'], ['last', 'before']]) add(...paged(field.name, ...way))
}
for (const field of Object.values(schema.getMutationType().getFields())) {
  const input = field.args[0].type
  const payload = all(getNamedType(field.type), 2)
  const name = pascal(field.name)
  add(name, `mutation documents${name}Mutation($input: ${input}) { ${field.name}(input: $input) { ${payload} } }`)
  if (!payload.includes(' @deleteRecord')) continue
  const edges = payload.replaceAll('@deleteRecord', '@deleteRecord gone: deletedId @deleteEdge(connections: $connections)')
  add(`${name}Edge`, `mutation documents${name}EdgeMutation($input: ${input}, $connections: [ID!]!) { ${field.name}(input: $input) { ${edges} } }`)
}
const tags = [...documents].map(([name, text]) => `export const ${name} = graphql\`${text}\`\n`)
mkdirSync('build/src', { recursive: true })
writeFileSync('build/src/documents.js', `const graphql = String.raw\n${tags.join('')}`)

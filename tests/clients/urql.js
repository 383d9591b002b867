/** urql with its normalised cache, Graphcache. */
import { Client, fetchExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'

import { documentOf } from './asking.js'

export class Urql {
  constructor(viewer, schema) {
    const objects = schema.__schema.types.filter((type) => type.kind === 'OBJECT' && !type.name.startsWith('__'))
    const parts = objects.filter((type) => !type.fields.some((field) => field.name === 'id'))
    const keys = Object.fromEntries(parts.map((type) => [type.name, () => null]))
    const cache = cacheExchange({
      keys,
      schema,
      resolvers: viewer.pages ? pages(schema) : {},
      updates: { Mutation: updates(schema) },
    })
    this.client = new Client({
      url: viewer.url,
      exchanges: [cache, fetchExchange],
      fetchOptions: { headers: { Authorization: `Bearer ${viewer.token}` } },
      preferGetMethod: false,
    })
  }

  async fetch(name, variables) {
    const asked = this.client.query(documentOf(name), variables, { requestPolicy: 'network-only' })
    throwIfFailed(await asked.toPromise())
  }

  more = this.fetch

  async stored(name, variables) {
    const asked = this.client.query(documentOf(name), variables, { requestPolicy: 'cache-only' })
    return throwIfFailed(await asked.toPromise()).data
  }

  async change(name, input) {
    return throwIfFailed(await this.client.mutation(documentOf(name), { input }).toPromise()).data
  }
}

function throwIfFailed(result) {
  if (result.error) throw result.error
  return result
}

/** For each mutation: takes out of the cache whatever its answer says is gone. */
function updates(schema) {
  const mutations = schema.__schema.types.find((type) => type.name === 'Mutation').fields
  return Object.fromEntries(mutations.map(({ name }) => [name, (answer, _, cache) => invalidate(answer[name], cache)]))
}

function invalidate(payload, cache) {
  const gone = [payload, ...(payload.results ?? [])].flatMap((one) => one.deletedId ?? one.deletedIds ?? [])
  for (const id of gone) for (const type of TYPES) cache.invalidate({ __typename: type, id })
}

const TYPES = ['Space', 'Project', 'Asset', 'Member', 'Group', 'Deletion', 'Grant']

function pages(schema) {
  const org = schema.__schema.types.find((type) => type.name === 'Org')
  const lists = org.fields.filter((field) => field.args.some((argument) => argument.name === 'after'))
  return { Org: Object.fromEntries(lists.map(({ name }) => [name, relayPagination()])) }
}

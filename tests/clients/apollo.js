/** Apollo Client with its normalised cache. */
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'

import { documentOf } from './asking.js'

export class Apollo {
  constructor(viewer, schema) {
    const headers = { Authorization: `Bearer ${viewer.token}` }
    const possible = schema.__schema.types.filter((type) => type.kind === 'INTERFACE')
    const possibleTypes = Object.fromEntries(
      possible.map((type) => [type.name, type.possibleTypes.map((one) => one.name)]),
    )
    this.client = new ApolloClient({
      link: new HttpLink({ uri: viewer.url, headers }),
      cache: new InMemoryCache({ possibleTypes, typePolicies: { ...parts(schema), ...(viewer.pages ? pages(schema) : {}) } }),
    })
  }

  async fetch(name, variables) {
    const query = documentOf(name)
    await this.client.query({ query, variables, fetchPolicy: 'network-only' })
  }

  more = this.fetch

  async stored(name, variables) {
    return this.client.readQuery({ query: documentOf(name), variables })
  }

  async change(name, input) {
    const mutation = documentOf(name)
    const { data } = await this.client.mutate({ mutation, variables: { input }, update: evict })
    return data
  }
}

/** What has no id is merged into what is known of it, as Apollo asks for; else it would be replaced. */
function parts(schema) {
  const objects = schema.__schema.types.filter((type) => type.kind === 'OBJECT' && !type.name.startsWith('__'))
  const without = objects.filter((type) => !type.fields.some((field) => field.name === 'id'))
  return Object.fromEntries(without.map((type) => [type.name, { merge: true }]))
}

/** Takes out of the cache whatever an answer says is gone. */
function evict(cache, { data }) {
  const [payload] = Object.values(data).filter((value) => typeof value === 'object')
  const gone = [payload, ...(payload.results ?? [])].flatMap((one) => one.deletedId ?? one.deletedIds ?? [])
  const known = Object.keys(cache.extract())
  for (const id of gone) known.filter((key) => key.endsWith(`:${id}`)).forEach((key) => cache.evict({ id: key }))
  cache.gc()
}

/** The policies by which the Org's lists are put together of their pages. */
function pages(schema) {
  const org = schema.__schema.types.find((type) => type.name === 'Org')
  const lists = org.fields.filter((field) => field.args.some((argument) => argument.name === 'after'))
  return { Org: { fields: Object.fromEntries(lists.map(({ name }) => [name, relayStylePagination(['filter', 'orderBy'])])) } }
}

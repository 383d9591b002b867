/** Relay: its compiler's artifacts in its own environment. */
import runtime from 'relay-runtime'

import { send } from './asking.js'

const { Environment, Network, RecordSource, Store, commitMutation, createOperationDescriptor, fetchQuery } = runtime

const artifact = async (name, kind) =>
  (await import(`./build/artifacts/documents${name}${kind}.graphql.js`)).default

export class Relay {
  constructor(viewer) {
    const network = Network.create((request, variables) => send(viewer, request.text, variables))
    this.environment = new Environment({ network, store: new Store(new RecordSource(), { gcReleaseBufferSize: 1e6 }) })
    this.kept = []
  }

  /** Asks the server and keeps the answer. */
  async fetch(name, variables) {
    const query = await artifact(name, 'Query')
    this.kept.push(this.environment.retain(createOperationDescriptor(query, variables)))
    await fetchQuery(this.environment, query, variables, { fetchPolicy: 'network-only' }).toPromise()
  }

  /** Gives the next page to the list that an earlier `fetch` began, as loadNext does. */
  more = this.fetch

  /** What the store has, or null where it hasn't all. */
  async stored(name, variables) {
    const operation = createOperationDescriptor(await artifact(name, 'Query'), variables)
    const snapshot = this.environment.lookup(operation.fragment)
    return snapshot.isMissingData ? null : snapshot.data
  }

  /** Makes a change. What is deleted goes by the document's own directives. */
  async change(name, input) {
    const mutation = await artifact(name, 'Mutation')
    return new Promise((resolve, reject) => {
      const variables = { input, connections: this.connections }
      commitMutation(this.environment, { mutation, variables, onCompleted: resolve, onError: reject })
    })
  }

  /** The ids of all lists that are paged, for @deleteEdge. */
  get connections() {
    const ids = this.environment.getStore().getSource().getRecordIDs()
    return ids.filter((id) => /__documents\w+_\w+$/.test(id))
  }
}

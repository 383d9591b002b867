/** The operations that open as tabs on the first visit. */
import createSpace from './examples/createSpace.graphql?raw'
import recycleBin from './examples/recycleBin.graphql?raw'
import search from './examples/search.graphql?raw'
import searchVariables from './examples/search.json?raw'
import tree from './examples/tree.graphql?raw'
import tryDelete from './examples/tryDelete.graphql?raw'
import upwards from './examples/upwards.graphql?raw'
import whatISee from './examples/whatISee.graphql?raw'
import why from './examples/why.graphql?raw'
import type { Viewer } from './viewer'

/** The tabs for a viewer, about what they see. */
export const examplesFor = ({ seen, owned }: Viewer) => [
  { query: tree },
  { query: whatISee },
  { query: search, variables: searchVariables },
  { query: upwards },
  { query: why, variables: about(seen) },
  { query: createSpace },
  { query: tryDelete, variables: about(owned) },
  { query: recycleBin },
]

const about = (id = '') => JSON.stringify({ id }, null, 2)

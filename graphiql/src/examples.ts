/** The operations that open as tabs on the first visit. */
import createSpace from './examples/createSpace.graphql?raw'
import recycleBin from './examples/recycleBin.graphql?raw'
import search from './examples/search.graphql?raw'
import searchVariables from './examples/search.json?raw'
import tree from './examples/tree.graphql?raw'
import tryDelete from './examples/tryDelete.graphql?raw'
import tryDeleteVariables from './examples/tryDelete.json?raw'
import upwards from './examples/upwards.graphql?raw'
import whatISee from './examples/whatISee.graphql?raw'
import why from './examples/why.graphql?raw'
import whyVariables from './examples/why.json?raw'

export const EXAMPLES = [
  { query: tree },
  { query: whatISee },
  { query: search, variables: searchVariables },
  { query: upwards },
  { query: why, variables: whyVariables },
  { query: createSpace },
  { query: tryDelete, variables: tryDeleteVariables },
  { query: recycleBin },
]

/** GraphiQL under a bar that says who is signed in. */
import { GraphiQL } from 'graphiql'
import { useMemo } from 'react'

import { Bar } from './bar'
import { EXAMPLES } from './examples'
import { createFetcher, type Fetcher } from './request'
import { useViewer } from './viewer'

interface Props {
  token: string
  query: string | null
  onSignOut: () => void
  onRefused: () => void
}

export function Workbench({ token, query, onSignOut, onRefused }: Props) {
  const fetcher = useMemo(() => createFetcher(token, onRefused), [token, onRefused])
  const viewer = useViewer(fetcher)
  // GraphiQL shows initialQuery in the first tab where it remembers none, so that tab must be its own.
  const asked = query === null ? {} : { initialQuery: query, initialVariables: '' }
  const tabs = query === null ? EXAMPLES : [{ query }, ...EXAMPLES]
  return (
    <>
      <Bar>
        <output aria-label="Signed in as">{viewer}</output>
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </Bar>
      <GraphiQL
        {...asked}
        fetcher={fetcher as Fetcher}
        defaultTabs={tabs}
        defaultQuery=""
        defaultEditorToolsVisibility="variables"
        isHeadersEditorEnabled={false}
        showPersistHeadersSettings={false}
      >
        <GraphiQL.Logo>
          <></>
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  )
}

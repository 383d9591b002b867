/** GraphiQL under a bar that says who is signed in. */
import { GraphiQL } from 'graphiql'
import { useMemo } from 'react'

import { Bar } from './bar'
import { examplesFor } from './examples'
import { createFetcher, type Fetcher } from './request'
import { storageOf } from './storage'
import { useViewer, type Viewer } from './viewer'

interface Props {
  token: string
  query: string | null
  onSignOut: () => void
  onRefused: () => void
}

export function Workbench({ token, query, onSignOut, onRefused }: Props) {
  const fetcher = useMemo(() => createFetcher(token, onRefused), [token, onRefused])
  const [found, askAgain] = useViewer(fetcher)
  const isKnown = typeof found !== 'string'
  return (
    <>
      <Bar>
        <output aria-label="Signed in as">{isKnown ? found.line : found}</output>
        {found !== '' && !isKnown && (
          <button type="button" onClick={askAgain}>
            Try again
          </button>
        )}
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </Bar>
      {isKnown && <Editors key={found.place} {...{ fetcher, query }} viewer={found} />}
    </>
  )
}

interface EditorsProps {
  fetcher: ReturnType<typeof createFetcher>
  query: string | null
  viewer: Viewer
}

function Editors({ fetcher, query, viewer }: EditorsProps) {
  const storage = useMemo(() => storageOf(viewer.place), [viewer])
  const examples = useMemo(() => examplesFor(viewer), [viewer])
  // GraphiQL shows initialQuery in the first tab where it remembers none, so that tab must be its own.
  const asked = query === null ? {} : { initialQuery: query, initialVariables: '' }
  const tabs = query === null ? examples : [{ query }, ...examples]
  return (
    <GraphiQL
      {...asked}
      fetcher={fetcher as Fetcher}
      storage={storage}
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
  )
}

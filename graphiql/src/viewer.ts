/** Who is signed in, and what of theirs the examples are about. */
import { useCallback, useEffect, useState } from 'react'

import type { createFetcher } from './request'

const WHO = '{ viewer { account { id name } org { id name } } }'
const EXAMPLES = `{
  org {
    owned: spaces(first: 1, filter: { minimumPermission: OWNER }) { nodes { id } }
    held: spaces(first: 1, filter: { minimumPermission: READ }) { nodes { id } }
    projects(first: 1) { nodes { id } }
    spaces(first: 1) { nodes { id } }
  }
}`

interface Named {
  id: string
  name: string
}
type List = { nodes: { id: string }[] }
type Lists = Record<'owned' | 'held' | 'projects' | 'spaces', List>

/** `place` names the account and its Org; `seen` is a node to ask about, `owned` a space to delete. */
export interface Viewer {
  line: string
  place: string
  seen?: string | undefined
  owned?: string | undefined
}

/** The viewer, or why they can't be told, and a function that asks again. */
export function useViewer(fetcher: ReturnType<typeof createFetcher>) {
  const [found, setFound] = useState<Viewer | string>('')
  const ask = useCallback(() => {
    let current = true
    load(fetcher).then(
      (viewer) => current && setFound(viewer),
      (error: Error) => current && setFound(error.message),
    )
    return () => {
      current = false
    }
  }, [fetcher])
  useEffect(ask, [ask])
  return [found, ask] as const
}

async function load(fetcher: ReturnType<typeof createFetcher>): Promise<Viewer> {
  const [who, examples] = await Promise.all([fetcher({ query: WHO }), fetcher({ query: EXAMPLES })])
  const data = who.data as { viewer: { account: Named; org: Named | null } } | null | undefined
  if (!data) throw new Error(who.errors?.[0]?.message ?? 'The server did not say who you are.')
  const { account, org } = data.viewer
  const lists = (examples.data as { org: Lists | null } | null | undefined)?.org
  return {
    line: `${account.name} · ${org?.name ?? 'no organisation'}`,
    place: `${account.id}:${org?.id ?? ''}`,
    ...(lists ? choose(lists) : {}),
  }
}

/** What the viewer is told most about: a space that they hold, or a project in one that they don't. */
function choose({ owned, held, projects, spaces }: Lists) {
  const first = (...lists: List[]) => lists.flatMap((list) => list.nodes)[0]?.id
  return { seen: first(held, projects), owned: first(owned, held, spaces) }
}

/** Who is signed in. */
import { useEffect, useState } from 'react'

import type { createFetcher } from './request'

const QUERY = '{ viewer { account { name } org { name } } }'

interface Data {
  viewer: { account: { name: string }; org: { name: string } }
}

/** The line for the bar: the account and its organisation, or why they can't be told. */
export function useViewer(fetcher: ReturnType<typeof createFetcher>): string {
  const [line, setLine] = useState('')
  useEffect(() => {
    let current = true
    const show = (text: string) => current && setLine(text)
    fetcher({ query: QUERY }).then(
      ({ data, errors }) => show(data ? describe(data as Data) : (errors?.[0]?.message ?? '')),
      (error: Error) => show(error.message),
    )
    return () => {
      current = false
    }
  }, [fetcher])
  return line
}

const describe = ({ viewer }: Data) => `${viewer.account.name} · ${viewer.org.name}`

/** Shows the workbench to whoever has a token, and the way to get one to whoever has not. */
import { useCallback, useState } from 'react'

import { Replace } from './replace'
import { SignIn } from './signIn'
import { forget, keep, recall } from './token'
import { Workbench } from './workbench'

interface Props {
  query: string | null
  /** A token that a link carries beside the one that this tab has already. */
  offered: string | null
}

export function App({ query, offered }: Props) {
  const [asks, setAsks] = useState(offered !== null)
  const [token, setToken] = useState(recall)
  const [refused, setRefused] = useState(false)
  const signIn = (given: string) => {
    keep(given)
    setToken(given)
  }
  const leave = useCallback((wasRefused: boolean) => {
    forget()
    setToken(null)
    setRefused(wasRefused)
  }, [])
  const onRefused = useCallback(() => leave(true), [leave])
  if (asks && offered !== null) {
    const replace = () => {
      signIn(offered)
      setAsks(false)
    }
    return <Replace onReplace={replace} onStay={() => setAsks(false)} />
  }
  if (token === null) return <SignIn refused={refused} onToken={signIn} />
  return (
    <Workbench token={token} query={query} onSignOut={() => leave(false)} onRefused={onRefused} />
  )
}

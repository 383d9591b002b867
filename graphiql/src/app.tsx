/** Shows the workbench to whoever has a token, and the way to get one to whoever has not. */
import { useCallback, useState } from 'react'

import { SignIn } from './signIn'
import { forget, keep, recall } from './token'
import { Workbench } from './workbench'

export function App({ query }: { query: string | null }) {
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
  if (token === null) return <SignIn refused={refused} onToken={signIn} />
  return (
    <Workbench token={token} query={query} onSignOut={() => leave(false)} onRefused={onRefused} />
  )
}

/** The page shown without a token, and after the server refused one. */
import type { FormEvent } from 'react'

import { Bar } from './bar'

interface Props {
  refused: boolean
  onToken: (token: string) => void
}

export function SignIn({ refused, onToken }: Props) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const token = String(new FormData(event.currentTarget).get('token')).trim()
    if (token) onToken(token)
  }
  return (
    <>
      <Bar />
      <main className="sign-in">
        <h1>Sign in with a token</h1>
        {refused && (
          <p role="alert">The server refused the token: it has expired, or it was never valid here.</p>
        )}
        <p>
          Get one with <code>freehold token ACCOUNT --org KEY</code> on the server, and paste it here.
        </p>
        <form onSubmit={submit}>
          <input
            type="password"
            name="token"
            aria-label="Token"
            placeholder="Token"
            autoComplete="off"
            autoFocus
            required
          />
          <button type="submit">Sign in</button>
        </form>
        <p className="note">It stays in this browser tab, and is forgotten when the tab closes.</p>
      </main>
    </>
  )
}

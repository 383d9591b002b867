/** Asks before a link's token takes the place of the one that this tab is signed in with. */
import { Bar } from './bar'

interface Props {
  onReplace: () => void
  onStay: () => void
}

export function Replace({ onReplace, onStay }: Props) {
  return (
    <>
      <Bar />
      <main className="sign-in">
        <h1>Sign in as somebody else?</h1>
        <p>
          You opened a link that carries another token than the one that you are signed in with. What
          you do after signing in with it is done in that person&rsquo;s name.
        </p>
        <form onSubmit={(event) => event.preventDefault()}>
          <button type="button" onClick={onStay} autoFocus>
            Stay signed in
          </button>
          <button type="button" onClick={onReplace}>
            Sign in with the link
          </button>
        </form>
      </main>
    </>
  )
}

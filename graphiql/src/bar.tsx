/** The line at the top: what this is and, once signed in, who you are. */
import type { ReactNode } from 'react'

export function Bar({ children }: { children?: ReactNode }) {
  return (
    <header className="bar">
      <strong>Freehold</strong>
      <span>GraphiQL</span>
      {children}
    </header>
  )
}

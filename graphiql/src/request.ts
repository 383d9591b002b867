/** One GraphQL request over HTTP, with the token. */
import type { GraphiQLProps } from 'graphiql'

export type Fetcher = GraphiQLProps['fetcher']

interface Result {
  data?: unknown
  errors?: readonly { message: string }[]
}

/** Makes the function that GraphiQL calls; `onRefused` is called where the server answers 401. */
export function createFetcher(token: string, onRefused: () => void) {
  return async (parameters: object): Promise<Result> => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json',
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(parameters),
    })
    if (response.status === 401) {
      onRefused()
      throw new Error('The server refused the token.')
    }
    return readResult(response)
  }
}

async function readResult(response: Response): Promise<Result> {
  if (response.headers.get('Content-Type')?.includes('json')) return response.json()
  throw new Error(`The server answered ${response.status} ${response.statusText}`.trim() + '.')
}

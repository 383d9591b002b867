/** One GraphQL request over HTTP, with the token. */
import type { GraphiQLProps } from 'graphiql'

export type Fetcher = GraphiQLProps['fetcher']

interface Result {
  data?: unknown
  errors?: readonly { message: string }[]
}

const UNREACHABLE = "The server can't be reached: is it running, and are you online? Then try again."

/** Makes the function that GraphiQL calls; `onRefused` is called where the server answers 401. */
export function createFetcher(token: string, onRefused: () => void) {
  return async (parameters: object): Promise<Result> => {
    const response = await post(token, parameters)
    if (response === null) return failed(UNREACHABLE)
    if (response.status === 401) {
      onRefused()
      throw new Error('The server refused the token.')
    }
    return readResult(response)
  }
}

/** Sends it; null where no server was reached, for which each browser has words of its own. */
function post(token: string, parameters: object): Promise<Response | null> {
  const headers = {
    Accept: 'application/graphql-response+json, application/json',
    'Content-Type': 'application/json',
    Authorization: `Bearer ${token}`,
  }
  const body = JSON.stringify(parameters)
  return fetch('/graphql', { method: 'POST', headers, body }).catch(() => null)
}

async function readResult(response: Response): Promise<Result> {
  const isJson = response.headers.get('Content-Type')?.includes('json')
  const found = isJson ? await response.json().catch(() => null) : null
  return found ?? failed(`The server answered ${response.status} ${response.statusText}`.trim() + '.')
}

const failed = (message: string): Result => ({ errors: [{ message }] })

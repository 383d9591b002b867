/** The access token: taken from the link's fragment, kept for this browser tab alone. */
const KEY = 'freehold:token'

/** What the link's fragment carries; a fragment is never sent to a server. */
export interface Link {
  token: string | null
  query: string | null
}

/** Reads the fragment and takes it out of the address bar, so that it is not copied or bookmarked. */
export function takeLink(): Link {
  const fragment = new URLSearchParams(location.hash.slice(1))
  if (location.hash) history.replaceState(null, '', location.pathname + location.search)
  return { token: fragment.get('token'), query: fragment.get('query') }
}

export const recall = () => sessionStorage.getItem(KEY)
export const keep = (token: string) => sessionStorage.setItem(KEY, token)
export const forget = () => sessionStorage.removeItem(KEY)

/** What GraphiQL keeps in this browser, apart for each account: tabs, history and what was typed. */
const SHARED = 'graphiql:theme' // the page is drawn in it before anyone is known

export function storageOf(place: string) {
  const named = (key: string) => (key === SHARED ? key : `freehold:${place}:${key}`)
  const own = () => Object.keys(localStorage).filter((key) => key.startsWith(named('')))
  return {
    get length() {
      return own().length
    },
    getItem: (key: string) => localStorage.getItem(named(key)),
    setItem: (key: string, value: string) => localStorage.setItem(named(key), value),
    removeItem: (key: string) => localStorage.removeItem(named(key)),
    clear: () => own().forEach((key) => localStorage.removeItem(key)),
  }
}

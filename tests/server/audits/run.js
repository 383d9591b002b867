// Runs the audits of GraphQL over HTTP against URL as the bearer of TOKEN: a line of JSON for each.
import { serverAudits } from 'graphql-http'

const { URL: url, TOKEN: token } = process.env
const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } })

for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn()
  console.log(JSON.stringify({ id, name, status, reason }))
}

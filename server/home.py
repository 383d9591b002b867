"""The page at `/`: what this server is, and where to go from here."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.graphiql import REVALIDATE, STRICT_HEADERS

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Freehold</title>
    <style>
      body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: auto; padding: 2rem }
      @media (prefers-color-scheme: dark) {
        body { background: #1b1d21; color: #e6e6e6 }
        a { color: #8ab4f8 }
      }
    </style>
  </head>
  <body>
    <h1>Freehold</h1>
    <p>A GraphQL API server for project spaces: who owns what, who may do what, and why.</p>
    <ul>
      <li><a href="/graphiql">GraphiQL</a>: ask, read the schema, try changes</li>
      <li><code>/graphql</code>: the API, by POST or GET,
        with <code>Authorization: Bearer …</code></li>
      <li><a href="/readyz">/readyz</a> and <a href="/livez">/livez</a>: whether it serves</li>
      <li><a href="/version">/version</a></li>
    </ul>
    <p><code>freehold token MEMBER --org ORG</code> prints a token,
    <code>freehold doctor</code> says what is wrong if something is.</p>
  </body>
</html>
"""


async def home(_request: Request) -> Response:
    """Show the page."""
    return HTMLResponse(PAGE, headers={**STRICT_HEADERS, "Cache-Control": REVALIDATE})

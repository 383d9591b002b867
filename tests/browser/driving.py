"""Drives GraphiQL's page as a person would, and keeps account of what the browser did."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page

RUN = "Execute query"
# The editors' models: Monaco draws only the lines in view, and indents what is typed by itself.
MODEL = "__MONACO.editor.getModels().find(model => model.uri.path.endsWith('{name}'))"
OPERATION = MODEL.format(name="operation.graphql")
RESULT = MODEL.format(name="response.json")
# Until its editors are there, GraphiQL lets a press of run go by.
READY = f"() => globalThis.__MONACO && {OPERATION} && {RESULT}"
# GraphiQL follows an edit after a pause; before that it would run the former operation's name.
FOLLOWED = """text => Object.entries(localStorage).some(
    ([key, value]) => key.endsWith(':graphiql:query') && value === text)"""


@dataclass
class Browser:
    """A Chromium of its own, with every request it made and every complaint on its console."""

    context: BrowserContext
    requests: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # What the content security policy refused is reported here too, as an error.
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def assert_all_local(self) -> None:
        """Asserts that requests were made and that every one went to 127.0.0.1."""
        outside = [url for url in self.requests if not is_local(url)]
        assert self.requests, "the browser asked for nothing"
        assert outside == [], f"the browser asked for {outside}"

    def assert_quiet(self) -> None:
        """Asserts that no error, warning or refusal by the content security policy was reported."""
        assert self.complaints == [], f"the browser reported {self.complaints}"


def is_local(url: str) -> bool:
    """Whether an address is on 127.0.0.1, or is its own content and needs no request."""
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob"} or parts.hostname == "127.0.0.1"


async def open_graphiql(
    page: Page, base_url: str, token: str | None = None, *, query: str | None = None
) -> None:
    """Opens the page by a link that carries what is given in its fragment."""
    given = {"token": token, "query": query}
    parts = [f"{name}={quote(value, safe='')}" for name, value in given.items() if value]
    await page.goto(f"{base_url}/graphiql" + ("#" + "&".join(parts) if parts else ""))


async def run_query(page: Page, text: str) -> str:
    """Replaces the operation in the open tab, presses run and gives the whole result."""
    await page.wait_for_function(READY)
    await page.evaluate(f"text => {OPERATION}.setValue(text)", text)
    await page.wait_for_function(FOLLOWED, arg=text)
    return await press_run(page)


async def run_example(page: Page, name: str) -> str:
    """Opens the tab of an example, presses run and gives the whole result."""
    await page.wait_for_function(READY)
    await page.get_by_role("tab", name=name).click()
    await page.wait_for_function(f"name => {OPERATION}.getValue().includes(name)", arg=name)
    await page.wait_for_function(FOLLOWED, arg=await page.evaluate(f"{OPERATION}.getValue()"))
    return await press_run(page)


async def press_run(page: Page) -> str:
    """Runs the operation in the open tab and gives the whole result."""
    await page.wait_for_function(READY)
    await page.get_by_role("button", name=RUN).click()
    result = await page.wait_for_function(f"() => {RESULT}.getValue()")
    return str(await result.json_value())

"""GraphiQL's page in a real browser, against a stand-in for the API."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from tests.browser.driving import RUN, Browser, open_graphiql, press_run, run_query
from tests.browser.serving import serving
from tests.browser.stand_in import TOKEN, StandIn

pytestmark = pytest.mark.browser

QUERY = "query Named {\n  org {\n    key\n  }\n}"
TAB = ".graphiql-tab-button"
REPLACE = "Sign in with the link"
SIGNED_IN = "Ida Fern · Meadow Works"
UNREACHABLE = "The server can't be reached: is it running, and are you online? Then try again."
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
REFUSED = "The server refused the token: it has expired, or it was never valid here."


@pytest.fixture
def api() -> StandIn:
    return StandIn()


@pytest.fixture
async def base_url(api: StandIn, dist: Path) -> AsyncIterator[str]:
    async with serving(api.app(dist)) as url:
        yield url


@pytest.fixture
async def page(base_url: str, browser: Browser) -> AsyncIterator[Page]:
    """A blank page; afterwards nothing may have left this machine."""
    assert base_url
    yield await browser.context.new_page()
    browser.assert_all_local()


async def stored(page: Page) -> str:
    """Everything that the page keeps in the browser beyond this tab."""
    return str(await page.evaluate("JSON.stringify(localStorage)"))


async def expect_refused(page: Page) -> None:
    await expect(page.get_by_role("main").get_by_role("alert")).to_have_text(REFUSED)
    await expect(page.get_by_label("Token")).to_be_focused()
    assert await page.evaluate("sessionStorage.length") == 0


async def test_the_token_is_taken_from_the_link_and_out_of_the_address_bar(
    page: Page, base_url: str, browser: Browser
) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    assert page.url == f"{base_url}/graphiql"
    assert TOKEN not in await stored(page)
    browser.assert_quiet()


async def test_every_request_bears_the_token_and_asks_for_graphql(
    page: Page, base_url: str, api: StandIn
) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await run_query(page, QUERY)
    sent = {(asked["authorization"], asked["accept"]) for asked in api.asked}
    assert sent == {
        (f"Bearer {TOKEN}", "application/graphql-response+json, application/json"),
    }


async def test_the_result_is_shown_after_run_is_pressed(
    page: Page, base_url: str, browser: Browser
) -> None:
    await open_graphiql(page, base_url, TOKEN)
    result = await run_query(page, QUERY)
    assert json.loads(result) == {"data": {"org": {"key": "meadow"}}}
    await expect(page.locator(".result-window")).to_contain_text("meadow")
    browser.assert_quiet()


async def test_the_schema_is_known_to_the_editor(
    page: Page, base_url: str, browser: Browser
) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(page.locator(".graphiql-plugin")).to_contain_text("query: Query")
    browser.assert_quiet()


async def test_the_examples_are_open_on_the_first_visit(page: Page, base_url: str) -> None:
    await open_graphiql(page, base_url, TOKEN)
    names = [
        "Tree",
        "WhatISee",
        "Search",
        "Upwards",
        "Why",
        "CreateSpace",
        "TryDelete",
        "RecycleBin",
    ]
    await expect(page.locator(TAB)).to_have_text(names)


async def test_a_query_in_the_link_opens_in_a_tab_of_its_own(page: Page, base_url: str) -> None:
    await open_graphiql(page, base_url, TOKEN, query=QUERY)
    await expect(page.locator(f".graphiql-tab-active {TAB}")).to_have_text("Named")
    assert json.loads(await press_run(page)) == {"data": {"org": {"key": "meadow"}}}


async def test_without_a_token_the_page_says_how_to_get_one(
    page: Page, base_url: str, api: StandIn, browser: Browser
) -> None:
    await open_graphiql(page, base_url)
    await expect(page.get_by_text("freehold token ACCOUNT --org KEY")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert api.asked == []
    await page.get_by_label("Token").fill(f" {TOKEN} ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    browser.assert_quiet()


async def test_a_refused_token_gives_the_message_and_the_box_again(
    page: Page, base_url: str
) -> None:
    await open_graphiql(page, base_url, "expired")
    await expect_refused(page)


async def test_a_token_that_expires_in_use_gives_the_message_too(
    page: Page, base_url: str, api: StandIn
) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await run_query(page, QUERY)
    api.accounts.clear()
    await page.get_by_role("button", name=RUN).click()
    await expect_refused(page)


async def test_the_token_outlives_a_reload_but_not_signing_out(page: Page, base_url: str) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await page.reload()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading")).to_have_text("Sign in with a token")
    assert await page.evaluate("sessionStorage.length") == 0
    await page.reload()
    await expect(page.get_by_role("heading")).to_have_text("Sign in with a token")


async def test_another_link_opened_in_the_same_tab_signs_in_anew(
    page: Page, base_url: str, api: StandIn
) -> None:
    api.accounts["another"] = "Ivo Reed"
    await open_graphiql(page, base_url, TOKEN)
    await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    await open_graphiql(page, base_url, "another")
    await page.get_by_role("button", name=REPLACE).click()
    await expect(page.get_by_label("Signed in as")).to_have_text("Ivo Reed · Meadow Works")
    assert page.url == f"{base_url}/graphiql"


async def test_a_server_that_does_not_answer_in_graphql_is_reported(
    page: Page, base_url: str
) -> None:
    await page.route("**/graphql", lambda route: route.fulfill(status=502, body="bad gateway"))
    await open_graphiql(page, base_url, TOKEN)
    await expect(page.get_by_label("Signed in as")).to_have_text(
        "The server answered 502 Bad Gateway."
    )


async def test_a_server_that_is_not_reached_is_reported_and_asked_again(
    page: Page, base_url: str
) -> None:
    await page.route("**/graphql", lambda route: route.abort("connectionrefused"))
    await open_graphiql(page, base_url, TOKEN)
    await expect(page.get_by_label("Signed in as")).to_have_text(UNREACHABLE)
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    await run_query(page, QUERY)
    await page.route("**/graphql", lambda route: route.abort("connectionrefused"))
    assert json.loads(await run_query(page, f"{QUERY} ")) == {"errors": [{"message": UNREACHABLE}]}


async def test_each_account_has_tabs_and_history_of_its_own(
    page: Page, base_url: str, api: StandIn
) -> None:
    api.accounts["another"] = "Ivo Reed"
    await open_graphiql(page, base_url, TOKEN)
    await run_query(page, QUERY)
    await open_graphiql(page, base_url, "another")
    await page.get_by_role("button", name=REPLACE).click()
    await expect(page.get_by_label("Signed in as")).to_have_text("Ivo Reed · Meadow Works")
    await expect(page.locator(f".graphiql-tab-active {TAB}")).to_have_text("Tree")
    await expect(page.get_by_text("Named")).to_have_count(0)
    await open_graphiql(page, base_url, TOKEN)
    await page.get_by_role("button", name=REPLACE).click()
    await expect(page.locator(f".graphiql-tab-active {TAB}")).to_have_text("Named")


async def test_a_phone_shows_the_answer_below_the_question(page: Page, base_url: str) -> None:
    await page.set_viewport_size({"width": 420, "height": 800})
    await open_graphiql(page, base_url, TOKEN)
    await run_query(page, QUERY)
    asked = await page.locator(".graphiql-editors").bounding_box()
    answered = await page.locator(".graphiql-response").bounding_box()
    assert asked is not None
    assert answered is not None
    assert min(asked["width"], answered["width"]) > 300
    assert min(asked["height"], answered["height"]) > 150
    assert answered["y"] >= asked["y"] + asked["height"]
    assert await page.evaluate("document.documentElement.scrollWidth") == 420
    await expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport()
    await page.screenshot(path=SCREENSHOTS / "phone.png")


async def test_a_request_to_elsewhere_is_refused_and_reported(
    page: Page, base_url: str, browser: Browser
) -> None:
    await open_graphiql(page, base_url)
    refused = await page.evaluate("fetch('https://elsewhere.invalid').catch(error => error.name)")
    assert refused == "TypeError"
    with pytest.raises(AssertionError, match="violates the following Content Security Policy"):
        browser.assert_quiet()


OTHER = f"{TOKEN}x"


@pytest.mark.parametrize(
    ("choice", "bearer"), [("Stay signed in", TOKEN), ("Sign in with the link", OTHER)]
)
async def test_a_link_asks_before_it_replaces_who_is_signed_in(
    page: Page, base_url: str, api: StandIn, choice: str, bearer: str
) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    api.asked.clear()
    await page.evaluate(f"location.hash = 'token={quote(OTHER, safe='')}'")
    await expect(page.get_by_role("heading")).to_have_text("Sign in as somebody else?")
    assert page.url == f"{base_url}/graphiql"
    assert api.asked == []
    assert await page.evaluate("sessionStorage.getItem('freehold:token')") == TOKEN
    await page.get_by_role("button", name=choice).click()
    await expect(page.get_by_role("heading", name="Sign in as somebody else?")).to_have_count(0)
    if bearer == TOKEN:
        await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    else:
        await expect_refused(page)
    assert {asked["authorization"] for asked in api.asked} == {f"Bearer {bearer}"}


async def test_a_link_with_the_same_token_asks_nothing(page: Page, base_url: str) -> None:
    await open_graphiql(page, base_url, TOKEN)
    await page.evaluate(f"location.hash = 'token={quote(TOKEN, safe='')}'")
    await expect(page.get_by_label("Signed in as")).to_have_text(SIGNED_IN)
    assert page.url == f"{base_url}/graphiql"

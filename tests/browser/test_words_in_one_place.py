"""No sentence of the page stands outside of the words' one file.

The page is served in a made-up language, in which every word stands between marks, and searched
for letters that stand outside of them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import BaseWSGIServer, make_server

import webapp.words
from tests.browser import marks
from tests.exchange.process import ExchangeProcess
from tests.test_markets import HandMadeCatalogue, made_app
from webapp.config import PROJECT_DIR

WORDS_FILE = PROJECT_DIR / "static/words/en.json"
PAGES_FILE = PROJECT_DIR / "templates/words/en.json"

# An asset's name is its own, a day is as the locale has it, 2.1B and a candle's 15m are figures.
LETTERS_OUTSIDE = """() => {
  const others = "script, style, template, noscript, time, .c-symbol bdi, .chart-legend dd";
  const isOurs = (element) => !element.closest(others);
  const texts = [document.title, document.querySelector("meta[name=description]").content];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let whole = "";
  while (walker.nextNode()) {
    if (isOurs(walker.currentNode.parentElement)) whole += `${walker.currentNode.data}\\n`;
  }
  texts.push(whole);
  for (const element of document.body.querySelectorAll("*")) {
    if (!isOurs(element)) continue;
    for (const name of ["aria-label", "aria-description", "title", "placeholder", "alt"]) {
      texts.push(element.getAttribute(name) ?? "");
    }
  }
  const names = new Set(["Marketdeck"]);
  for (const { dataset } of document.querySelectorAll("[data-symbol]")) {
    for (const name of [dataset.symbol, dataset.base, dataset.quote]) names.add(name);
  }
  const outside = (text) => {
    let depth = 0;
    return [...text].map((char) => {
      if (char === "⟦") depth += 1;
      const isOutside = depth === 0;
      if (char === "⟧") depth -= 1;
      return isOutside ? char : " ";
    }).join("");
  };
  return texts.flatMap((text) =>
    (outside(text).match(/[\\p{L}\\p{N}_]*\\p{L}[\\p{L}\\p{M}\\p{N}_]*/gu) ?? [])
      .filter((word) => !names.has(word) && !/^\\d*[KMBT]$|^\\d+[mhd]$/.test(word)));
}"""


def marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: marked(inner) for key, inner in value.items()}
    return f"⟦{value}⟧"


@pytest.fixture
def table() -> dict[str, Any]:
    words: dict[str, Any] = marked(json.loads(WORDS_FILE.read_text()))
    return words


@pytest.fixture
def server(
    table: dict[str, Any],
    tmp_path: Path,
    exchange: ExchangeProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[BaseWSGIServer]:
    """The site in the made-up language."""
    for name, words in (
        ("static", table),
        ("templates", marked(json.loads(PAGES_FILE.read_text()))),
    ):
        folder = tmp_path / name / "words"
        folder.mkdir(parents=True)
        (folder / "en.json").write_text(json.dumps(words))
    monkeypatch.setattr(webapp.words, "PROJECT_DIR", tmp_path)
    webapp.words.words.cache_clear()
    app = made_app(HandMadeCatalogue(), DEMO_DATA="1", **exchange.urls.environment())
    made = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()
    webapp.words.words.cache_clear()


@pytest.fixture
def page(browser: Browser, table: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, service_workers="block", locale="en-GB"
    )

    def in_the_made_up_language(route: Route) -> None:
        route.fulfill(json=table)

    context.route("**/words/en.json", in_the_made_up_language)
    yield context.new_page()
    context.close()


def words_outside(page: Page) -> list[str]:
    found: list[str] = page.evaluate(LETTERS_OUTSIDE)
    return found


def test_all_words_of_the_live_page_are_in_the_file(page: Page, server: BaseWSGIServer):
    url = f"http://127.0.0.1:{server.port}/markets"
    page.goto(url)
    marks.expect_live(page)
    expect(marks.book(page)).to_have_attribute("data-freshness", "live")
    page.locator("[data-latency-toggle]").click()
    page.locator("[data-book-cost] [name=amount]").fill("0.01")
    expect(page.locator("[data-book-cost-result]")).to_contain_text("⟦worst")
    expect(page.locator("[data-latency-toggle]")).to_contain_text("p95")
    assert words_outside(page) == []
    page.locator("[data-book-cost] [name=amount]").fill("99999999")
    expect(page.locator("[data-book-cost-result]")).to_contain_text("⟦More than")
    assert words_outside(page) == []


@pytest.mark.parametrize(
    "address",
    ["/markets?pair=NOSUCHUSDT", "/markets?pair=ADAUSDT", "/markets?market=bonds", "/no-such-page"],
)
def test_all_words_of_a_page_that_has_bad_news_are_in_the_file(
    page: Page, server: BaseWSGIServer, address: str
):
    page.goto(f"http://127.0.0.1:{server.port}{address}")
    left = [word for word in words_outside(page) if word not in ("NOSUCHUSDT", "NOSUCH", "USDT")]
    assert left == []


def test_all_words_of_the_page_without_its_server_are_in_the_file(
    page: Page, server: BaseWSGIServer
):
    page.goto(f"http://127.0.0.1:{server.port}/markets")
    marks.expect_live(page)
    expect(marks.source_line(page)).to_have_attribute("data-symbols-source", "api")
    page.route("**/*", lambda route: route.abort())
    page.locator("[data-market-tab=futures]").click()
    expect(page.locator("[data-notice]")).to_contain_text("⟦This server does not answer")
    expect(page.locator("[data-notice]")).to_contain_text("⟦Prices still come")
    expect(marks.source_line(page)).not_to_have_attribute("data-symbols-source", "api")
    assert words_outside(page) == []

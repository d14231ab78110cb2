"""The Content-Security-Policy as a real browser holds the page to it."""

from __future__ import annotations

from tests.browser.conftest import Visitor

# Each way to run text as code; gives the names of those that ran. In a task of its own: within
# what a debugger evaluates Chromium lets eval pass.
RAN = """() => new Promise((resolve) => setTimeout(() => {
  const ran = [];
  const tries = {
    eval: () => (0, eval)("1"),
    Function: () => new Function("return 1")(),
    AsyncFunction: () => new (Object.getPrototypeOf(async () => {}).constructor)("return 1"),
  };
  for (const [name, run] of Object.entries(tries)) {
    try {
      run();
      ran.push(name);
    } catch (error) {
      if (!(error instanceof EvalError)) ran.push(`${name}: ${error}`);
    }
  }
  resolve(ran);
}))"""

# What an attacker who could put HTML into the page would try, by way of htmx too.
INJECT = """() => new Promise((resolve) => setTimeout(() => {
  window.reached = [];
  const box = document.createElement("div");
  box.innerHTML = `<button id="injected" onclick="reached.push('onclick')"
      hx-on:click="reached.push('hx-on')">x</button>
    <a id="vals" hx-get="/markets" hx-swap="none" hx-vals="js:{x: reached.push('hx-vals')}">x</a>
    <style>body { --injected: 1 }</style>`;
  const script = document.createElement("script");
  script.textContent = "reached.push('script')";
  box.append(script);
  document.body.append(box);
  window.htmx.process(box);
  document.getElementById("injected").click();
  document.getElementById("vals").click();
  setTimeout(resolve, 100);
}))"""


def test_no_text_becomes_code_on_the_page(url: str, troubled_visitor: Visitor):
    page = troubled_visitor.open(url)
    assert page.evaluate(RAN) == []
    troubled_visitor.complaints.clear()  # the browser tells each refusal, as it should


def test_html_that_somebody_injects_runs_nothing_by_way_of_htmx_either(
    url: str, troubled_visitor: Visitor
):
    page = troubled_visitor.open(url)
    page.wait_for_load_state("networkidle")
    page.evaluate(INJECT)
    assert page.evaluate("window.reached") == []
    styled = "getComputedStyle(document.body).getPropertyValue('--injected')"
    assert page.evaluate(styled) == ""
    assert any("hx-on" in text or "unsafe-eval" in text for text in troubled_visitor.complaints)
    troubled_visitor.complaints.clear()


def test_the_browser_understands_every_header_of_the_page(url: str, visitor: Visitor):
    """It complains of features that it does not know."""
    page = visitor.open(url)
    assert page.evaluate("document.featurePolicy.allowsFeature('camera')") is False

"""axe-core in a page: what it finds against WCAG 2.2 AA."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from webapp.config import PROJECT_DIR

SOURCE = (PROJECT_DIR / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """(tags) => axe.run(document, {
  runOnly: { type: "tag", values: tags },
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
})"""


def violations(page: Page) -> list[str]:
    """Each violated rule with the elements that violate it, the first few of them."""
    page.evaluate(SOURCE)
    result = page.evaluate(RUN, list(TAGS))
    return [_in_a_line(violation) for violation in result["violations"]]


def _in_a_line(violation: dict[str, Any]) -> str:
    nodes = [node["html"][:120] for node in violation["nodes"][:3]]
    return f"{violation['id']} ({violation['help']}), {len(violation['nodes'])} times: {nodes}"

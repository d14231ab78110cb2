"""How smoothly a table scrolls by the wheel, as the screen shows it.

A browser scrolls by the wheel without the page's own thread, so that thread's frames do not tell.
Chromium's trace does: of each time that the screen could show a frame, whether one was shown, and
whether anything in it was not painted yet.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Locator

from tests.browser import marks

PX = 20_000
PX_PER_SECOND = 2_400
_FRAMES = "PipelineReporter"  # an event of Chromium's for each frame, in the category "benchmark"
_SHOWN = {"STATE_PRESENTED_ALL", "STATE_PRESENTED_PARTIAL"}
_INCOMPLETE = ("has_missing_content", "checkerboarded_needs_raster", "checkerboarded_needs_record")

# What is told of one frame: twice where its scripts' part came late, or was none.
_Frame = list[dict[str, Any]]


@dataclass(frozen=True)
class Scrolled:
    """The frames of one scroll."""

    shown: int
    dropped: int
    incomplete: int  # those with parts that were not painted yet

    @property
    def dropped_percent(self) -> float:
        return 100 * self.dropped / (self.shown + self.dropped)

    @property
    def incomplete_percent(self) -> float:
        return 100 * self.incomplete / self.shown


def scroll(devtools: CDPSession, over: Locator) -> Scrolled:
    """Turn the wheel with the pointer over an element, for ``PX`` downwards."""
    browser = over.page.context.browser
    assert browser
    box = marks.box(over)
    browser.start_tracing(page=over.page, categories=["benchmark"])
    devtools.send(
        "Input.synthesizeScrollGesture",
        {
            "x": round(box["x"] + box["width"] / 2),
            "y": round(box["y"] + box["height"] / 2),
            "yDistance": -PX,
            "speed": PX_PER_SECOND,
            "gestureSourceType": "mouse",
            "preventFling": True,
        },
    )
    return _scrolled(json.loads(browser.stop_tracing())["traceEvents"])


def _scrolled(events: list[dict[str, Any]]) -> Scrolled:
    frames: dict[int, _Frame] = defaultdict(list)
    for event in events:
        if event["name"] == _FRAMES and event["ph"] == "b":
            report = event["args"]["frame_reporter"]
            if report["scroll_state"] == "SCROLL_COMPOSITOR_THREAD":
                frames[report["frame_sequence"]].append(report)
    shown = [frame for frame in frames.values() if _states(frame) & _SHOWN]
    others = [frame for frame in frames.values() if not _states(frame) & _SHOWN]
    return Scrolled(
        shown=len(shown),
        dropped=sum("STATE_DROPPED" in _states(frame) for frame in others),
        incomplete=sum(map(_is_incomplete, shown)),
    )


def _states(frame: _Frame) -> set[str]:
    return {report["state"] for report in frame}


def _is_incomplete(frame: _Frame) -> bool:
    return any(report[cause] for report in frame for cause in _INCOMPLETE)

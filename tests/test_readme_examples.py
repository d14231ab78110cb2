"""What the README shows of the API, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

README = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
API = README.partition("## The JSON API\n")[2].partition("\n### A list of your own\n")[0]
EXAMPLES = re.findall(r"```(sh|python|js)\n(.*?)```", API, re.DOTALL)
RUNNERS = {
    # A stream of events has no end: curl is stopped, which is no failure of its.
    "sh": ["sh", "-euc"],
    "python": [sys.executable, "-c"],
    "js": ["node", "--input-type=module", "-e"],
}
STREAM = "curl -N "


def test_there_are_examples_in_each_language():
    assert {language for language, _ in EXAMPLES} == set(RUNNERS)
    assert any("ccxt" in code for _, code in EXAMPLES)


def test_each_does_what_it_says(site: Site):
    wait_until(site.is_warm, "the lists are cached", within_seconds=30)
    # A machine without Node has the one that set-up brought.
    path = f"{os.environ['PATH']}:{Path(sys.executable).parent}"
    for language, example in EXAMPLES:
        code = example.replace("http://127.0.0.1:8000", site.url)
        if STREAM in code:
            code = code.replace(STREAM, "timeout 2 curl -sS -N ").rstrip() + " || [ $? = 124 ]"
        ran = subprocess.run(
            [*RUNNERS[language], code],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, f"{code}\n{ran.stderr}"
        assert ran.stdout.strip(), code
        assert '"error"' not in ran.stdout, code

"""The whole product in one command, as ``make run`` and ``make demo`` start it."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import psutil
import pytest
import requests

from deploy import ports
from tests.support.program import Program
from tests.support.site import free_port, lists_are_cached
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR


class Demo(Program):
    """``make demo`` on a free port."""

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        super().__init__("deploy.run", {"PORT": str(port), "REDIS_URL": ""}, ["--demo"])

    def start(self) -> None:
        super().start()
        wait_until(self.is_warm, "the demo is warm", within_seconds=45)

    def is_warm(self) -> bool:
        return lists_are_cached(self.url)

    def programs(self) -> dict[str, psutil.Process]:
        """The supervised programs by the word that tells them apart."""
        supervisord, *_ = psutil.Process(self.process.pid).children()
        words = ("gunicorn", "jobs.worker", "jobs.scheduler", "tests.exchange", "valkey-server")
        return {
            word: child
            for child in supervisord.children()
            for word in words
            if word in " ".join(_command_line(child))
        }


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo() as running:
        yield running


@pytest.mark.timeout(120)
def test_the_demo_serves_page_and_api_and_says_that_it_is_a_demo(demo: Demo):
    page = requests.get(f"{demo.url}/markets", timeout=30)
    assert page.status_code == 200
    assert "DEMO DATA" in page.text
    assert 'data-symbol="BTCUSDT"' in page.text
    assert "DEMO DATA" in requests.get(f"{demo.url}/no-such-page", timeout=30).text


@pytest.mark.timeout(120)
@pytest.mark.parametrize("word", ["gunicorn", "jobs.worker", "jobs.scheduler", "valkey-server"])
def test_a_program_that_dies_is_restarted(demo: Demo, word: str):
    before = wait_until(lambda: demo.programs().get(word), f"{word} runs").pid
    psutil.Process(before).kill()
    wait_until(lambda: _pid(demo, word) not in (None, before), f"{word} is back")
    wait_until(demo.is_warm, "the product answers from its cache again", within_seconds=30)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_and_leaves_nothing_behind(number: signal.Signals):
    with Demo() as demo:
        family = psutil.Process(demo.process.pid).children(recursive=True)
        assert len(family) >= 7
        demo.process.send_signal(number)
        demo.process.wait(timeout=30)
    assert psutil.wait_procs(family, timeout=1)[1] == []


def test_a_port_in_use_is_told_in_a_line(demo: Demo, capfd: pytest.CaptureFixture[str]):
    port = demo.url.rsplit(":", 1)[1]
    with Program("deploy.run", {"PORT": port}) as second:
        assert second.process.wait(timeout=20) == 1
    assert f"PORT: {port} is in use" in capfd.readouterr().err


@pytest.mark.parametrize("port", ["", "abc", "0", "65536", "80 80", "-1"])
def test_a_bad_port_is_named(port: str):
    with pytest.raises(ports.PortError, match=r"^PORT: "):
        ports.wanted(port)


def test_a_bad_setting_stops_the_start_in_a_line(capfd: pytest.CaptureFixture[str]):
    with Program("deploy.run", {"PORT": "0", "BINANCE_SPOT_URL": "nonsense"}) as program:
        assert program.process.wait(timeout=20) == 1
    with Program("deploy.run", {"BINANCE_SPOT_URL": "nonsense"}) as program:
        assert program.process.wait(timeout=20) == 1
    error = capfd.readouterr().err
    assert "Marketdeck cannot start: BINANCE_SPOT_URL: " in error
    assert "Traceback" not in error


def test_every_command_of_the_readme_is_a_target():
    makefile = (PROJECT_DIR / "Makefile").read_text()
    for target in ("run", "demo", "test", "check"):
        assert f"\n{target}:" in makefile


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just died
        return []


def _pid(demo: Demo, word: str) -> int | None:
    program = demo.programs().get(word)
    return program.pid if program else None

"""gunicorn behind the real nginx, as `deploy/nginx.conf` has it."""

from __future__ import annotations

import http.client
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.exchange.process import ExchangeProcess
from tests.support.certificate import make_certificate
from tests.support.listener import Listener, refresh
from tests.support.nginx import Nginx
from tests.support.site import Site
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR
from webapp.events.hub import HEARTBEAT_SECONDS

SPOT = "/api/v1/symbols/spot"


@pytest.fixture(scope="module")
def behind(module_env: dict[str, str]) -> Iterator[Site]:
    """A site whose lists are cached, which believes one proxy."""
    with Site({**module_env, "TRUSTED_PROXIES": "1"}) as site:
        yield site


@pytest.fixture
def nginx(behind: Site, tmp_path: Path) -> Iterator[Nginx]:
    """In front of it, with nothing in its own cache."""
    if not behind.is_running:
        behind.start()
    wait_until(behind.is_warm, "the lists are cached")
    with Nginx(behind, tmp_path) as nginx:
        yield nginx


def get(nginx: Nginx, path: str = SPOT, **headers: str) -> requests.Response:
    return requests.get(nginx.url + path, headers=headers, timeout=30, allow_redirects=False)


def test_many_callers_share_one_answer_for_a_second(nginx: Nginx):
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: get(nginx), range(200)))
    told = [answer.headers["X-Cache-Status"] for answer in answers]
    assert told.count("HIT") > 100
    assert len({answer.content for answer in answers}) == 1
    assert all(answer.headers["Cache-Control"].startswith("public") for answer in answers)


def test_of_many_who_ask_at_once_for_what_is_not_kept_one_is_passed_on(nginx: Nginx):
    at_once = threading.Barrier(12)

    def ask(_: int) -> str:
        at_once.wait()
        return status(nginx)

    with ThreadPoolExecutor(12) as threads:
        told = list(threads.map(ask, range(12)))
    assert told.count("MISS") == 1


def test_an_answer_is_asked_for_again_after_a_second_and_revalidated(nginx: Nginx):
    first = get(nginx)
    wait_until(lambda: status(nginx) == "REVALIDATED", "the answer is a second old")
    assert get(nginx).headers["ETag"] == first.headers["ETag"]


def test_each_request_has_an_id_of_its_own_in_the_answer_and_in_the_log(nginx: Nginx):
    answers = [get(nginx, **{"X-Request-ID": "a-strangers-own-id"}) for _ in range(3)]
    answers.append(get(nginx, "/markets"))
    assert "HIT" in {answer.headers.get("X-Cache-Status") for answer in answers}
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert len(set(ids)) == len(ids)
    assert "a-strangers-own-id" not in ids
    wait_until(
        lambda: all(it in nginx.access_log.read_text() for it in ids), "the log has all of them"
    )


def test_metrics_are_for_this_machine_alone(behind: Site, nginx: Nginx, tmp_path: Path):
    assert "marketdeck_ready 1.0" in get(nginx, "/metrics").text
    folder = tmp_path / "from-elsewhere"
    folder.mkdir()
    # Whoever comes from 127.0.0.1 is a stranger to this one.
    with Nginx(behind, folder, {"allow 127.0.0.1;": "allow 192.0.2.1;"}) as elsewhere:
        for path in ("/metrics", "/metrics?x=1", "//metrics", "/./metrics", "/%6Detrics"):
            assert get(elsewhere, path).status_code == 403
        for path in ("/metrics/", "/Metrics"):
            assert get(elsewhere, path).status_code == 404
        assert get(elsewhere, "/healthz").status_code == 200
        assert get(elsewhere, "/readyz").json()["status"] == "ready"


def test_each_coding_is_kept_apart(nginx: Nginx):
    for _ in range(3):
        for coding in ("br", "zstd", "gzip", "identity"):
            answer = requests.get(
                nginx.url + SPOT, headers={"Accept-Encoding": coding}, stream=True, timeout=30
            )
            assert answer.headers.get("Content-Encoding", "identity") == coding
            answer.close()


def test_a_client_that_has_the_answer_is_told_so_from_the_cache(nginx: Nginx):
    etag = get(nginx).headers["ETag"]
    again = get(nginx, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    head = requests.head(nginx.url + SPOT, timeout=30)
    assert head.headers["X-Cache-Status"] == "HIT"
    assert int(head.headers["Content-Length"]) > 1000


def test_while_the_product_is_away_the_last_answer_serves_and_says_that_it_is_stale(
    nginx: Nginx, behind: Site
):
    known = get(nginx).content
    behind.stop()
    answer = wait_until(lambda: answer_with(nginx, "STALE"), "the answer is a second old")
    assert answer.content == known
    assert answer.headers["Cache-Control"].startswith("public, max-age=0")
    unknown = get(nginx, "/api/v1/time")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (503, "unavailable")
    assert unknown.headers["Retry-After"] == "5"


def test_only_what_is_for_everybody_and_good_for_longer_is_kept(nginx: Nginx):
    for path in ("/api/v1/time", "/api/v1/symbols/nowhere", "/api/v1/depth/spot/BTCUSDT"):
        for _ in range(3):
            assert get(nginx, path).headers["X-Cache-Status"] in ("MISS", "EXPIRED"), path
    assert nginx.cached() == []


def test_events_come_as_they_happen(nginx: Nginx):
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=30)
    connection.request("GET", "/api/v1/symbols/events")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.readline().startswith(b"retry:")  # with nothing after it to fill a buffer
    connection.close()


def test_a_change_is_heard_through_nginx_at_once_and_so_is_the_heartbeat(
    nginx: Nginx, behind: Site, exchange_process: ExchangeProcess
):
    with Listener(nginx.url).until_joined() as beside, Listener(behind.url).until_joined() as own:
        exchange_process.control.add_symbol("BRANDNEWUSDT", base="BRANDNEW", quote="USDT")
        refresh(behind.settings_env, "spot")
        assert own.change() == ("spot", "added", "BRANDNEWUSDT")
        told_at = time.monotonic()
        assert beside.change() == ("spot", "added", "BRANDNEWUSDT")
        assert time.monotonic() - told_at < HEARTBEAT_SECONDS / 3, "it is not held back for more"
        assert beside.event()[0] == "heartbeat"


def test_one_address_may_hold_a_hundred_event_streams(nginx: Nginx):
    with ExitStack() as streams:
        for _ in range(100):
            assert streams.enter_context(Listener(nginx.url)).answer.status_code == 200
        refused = get(nginx, "/api/v1/symbols/events")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
        assert refused.json()["error"]["code"] == "too_many_requests"
        assert get(nginx, "/api/v1/time").status_code == 200


def test_static_files_come_from_the_disk_compressed_and_for_ever(nginx: Nginx, behind: Site):
    page = get(nginx, "/markets").text
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert sheet
    answer = get(nginx, sheet[1], **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    on_the_wire = raw(nginx, sheet[1], "gzip")
    release_dir = Path(behind.settings_env.get("RELEASE_DIR", PROJECT_DIR / "var" / "static"))
    file = release_dir / sheet[1].removeprefix("/static/")
    assert (
        on_the_wire == file.with_name(f"{file.name}.gz").read_bytes()
    )  # nothing is compressed anew
    assert raw(nginx, sheet[1], "identity") == file.read_bytes()
    behind.stop()
    assert get(nginx, sheet[1]).content == answer.content


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/../wsgi.py", "/static/%2e%2e/secret_key", "/.git/config", "/wsgi.py"],
)
def test_nothing_but_the_static_files_lies_open(nginx: Nginx, path: str):
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=30)
    connection.request("GET", path)  # as it is: another client would tidy it up
    assert connection.getresponse().status in (400, 404)
    connection.close()


def test_no_request_is_traced_back(nginx: Nginx):
    assert requests.request("TRACE", nginx.url + SPOT, timeout=30).status_code == 405


def test_the_product_hears_the_callers_address_and_not_what_the_caller_claims(nginx: Nginx):
    """Codes are counted by address: were the claim believed, each of these would have its own."""
    with requests.Session() as visitor:
        answers = []
        for number in range(21):
            page = visitor.get(nginx.url + "/account/sign-up", timeout=30).text
            token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
            assert token
            answers.append(
                visitor.post(
                    nginx.url + "/account/sign-up",
                    data={"csrf_token": token[1], "email": f"ann{number}@example.org"},
                    headers={"X-Forwarded-For": f"203.0.113.{number}"},
                    allow_redirects=False,
                    timeout=30,
                ).status_code
            )
    assert answers == [303] * 20 + [429]


def test_the_apis_limit_counts_by_the_callers_address_and_not_by_the_claim(
    behind: Site, tmp_path: Path
):
    env = {**behind.settings_env, "API_REQUESTS_PER_MINUTE": "5"}
    env.pop("PORT")
    with Site(env) as limited, Nginx(limited, tmp_path) as nginx:
        told = [
            get(nginx, "/api/v1/time", **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code
            for number in range(12)  # a minute may begin in between
        ]
    assert told.count(429) >= 2


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [({"X-Long": "x" * 9_000}, b"", 400), ({}, b"x" * 600_000, 413)],
    ids=["a-header", "a-body"],
)
def test_what_is_too_long_is_refused_before_it_reaches_the_product(
    nginx: Nginx, headers: dict[str, str], body: bytes, status: int
):
    answer = requests.post(f"{nginx.url}/account/sign-in", data=body, headers=headers, timeout=30)
    assert answer.status_code == status
    assert "Content-Security-Policy" not in answer.headers  # which the product would have sent


def test_another_hosts_name_leads_nowhere(nginx: Nginx):
    with pytest.raises(requests.ConnectionError):
        get(nginx, Host="evil.example")


def test_the_log_holds_no_query(nginx: Nginx):
    get(nginx, "/markets?q=whatIlookfor")
    wait_until(lambda: "/markets" in nginx.access_log.read_text(), "the request is logged")
    assert "whatIlookfor" not in nginx.access_log.read_text()


def test_with_a_certificate_the_cookies_are_this_hosts_alone(behind: Site, tmp_path: Path):
    """And whoever comes without TLS is led to it."""
    make_certificate(tmp_path)
    with Nginx(behind, tmp_path, certificate=tmp_path) as nginx:
        led = get(nginx, "/markets?q=BTC")
        assert (led.status_code, led.headers["Location"]) == (
            308,
            "https://127.0.0.1/markets?q=BTC",
        )
        trusted = str(tmp_path / "fullchain.pem")
        page = requests.get(f"{nginx.tls_url}/account/sign-in", verify=trusted, timeout=30)
        assert page.headers["Set-Cookie"].startswith("__Host-marketdeck=")
        assert "Secure" in page.headers["Set-Cookie"]
        assert page.headers["Strict-Transport-Security"]
        with pytest.raises(requests.exceptions.SSLError, match="UNRECOGNIZED_NAME"):
            requests.get(f"https://127.0.0.1:{nginx.tls_port}/", verify=trusted, timeout=30)


def test_with_a_certificate_http_2_is_spoken(behind: Site, tmp_path: Path):
    make_certificate(tmp_path)
    with Nginx(behind, tmp_path, certificate=tmp_path) as nginx:
        wait_until(behind.is_warm, "the lists are cached")
        asked = subprocess.run(
            [
                *("curl", "--silent", "--show-error", "--http2", "--compressed"),
                *("--cacert", tmp_path / "fullchain.pem", "--output", tmp_path / "answer"),
                *("--write-out", "%{http_version} %{response_code}"),
                f"{nginx.tls_url}{SPOT}",
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    assert asked.stdout == "2 200"
    assert b"BTCUSDT" in (tmp_path / "answer").read_bytes()


def raw(nginx: Nginx, path: str, coding: str) -> bytes:
    """The body as it comes over the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": coding})
    body = connection.getresponse().read()
    connection.close()
    return body


def status(nginx: Nginx) -> str:
    return get(nginx).headers["X-Cache-Status"]


def answer_with(nginx: Nginx, cache_status: str) -> requests.Response | None:
    answer = get(nginx)
    return answer if answer.headers["X-Cache-Status"] == cache_status else None

"""The whole product in one command: ``python -m deploy.run [--demo]``.

Starts Redis (an embedded Valkey, unless ``REDIS_URL`` names one), the web workers, the job worker
and the scheduler under supervisord, which restarts what dies. With ``--demo`` the stand-in
exchange runs beside them in Binance's place. Ctrl-C stops all.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from deploy import ports
from deploy.programs import Program, demo_exchange, embedded_valkey, product, supervisor_config
from webapp.config import PROJECT_DIR, SettingsError, load_settings

READY_WITHIN_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--demo", action="store_true", help="with a stand-in exchange, no network")
    demo = parser.parse_args().demo
    try:
        port = ports.wanted(os.environ.get("PORT", "8000"))
        load_settings()
    except (ports.PortError, SettingsError) as error:
        sys.exit(f"Marketdeck cannot start: {error}")
    (PROJECT_DIR / "var").mkdir(exist_ok=True)
    # A short path of its own: a Unix socket's may not be longer than about 100 characters.
    with tempfile.TemporaryDirectory(prefix="marketdeck-") as run_dir:
        sys.exit(_supervise(_programs(Path(run_dir), demo), Path(run_dir), port, demo))


def _programs(run_dir: Path, demo: bool) -> list[Program]:
    programs = []
    environment = {}
    if not os.environ.get("REDIS_URL"):
        # A demo's lists go with it: they must never be served as Binance's last good ones.
        data_dir = run_dir if demo else PROJECT_DIR / "var" / "valkey"
        valkey, environment["REDIS_URL"] = embedded_valkey(run_dir, data_dir)
        programs.append(valkey)
    if demo:
        exchange, urls = demo_exchange(ports.free_range(5))
        programs.append(exchange)
        environment |= urls | {
            "DEMO_DATA": "1",
            "SNAPSHOT_DIR": str(run_dir / "snapshots"),
            "METRICS_DIR": str(run_dir / "metrics"),
            # Its people go with it too, and a key of theirs must never be tried on Binance.
            "DATABASE_URL": f"sqlite:///{run_dir}/marketdeck.db",
            "MAIL_DIR": str(run_dir / "mail"),
        }
    os.environ.update(environment)
    return programs + product()


def _supervise(programs: list[Program], run_dir: Path, port: int, demo: bool) -> int:
    config = run_dir / "supervisord.conf"
    config.write_text(supervisor_config(programs, run_dir))
    supervisord = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "-c", str(config)],
        cwd=PROJECT_DIR,
        start_new_session=True,  # so that Ctrl-C reaches it once, through us
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisord.terminate())
    if _is_up(supervisord, port):
        address = f"http://127.0.0.1:{port}"
        note = " with DEMO DATA from a stand-in exchange" if demo else ""
        mail = f" Its letters land in {os.environ['MAIL_DIR']}." if demo else ""
        print(f"\nMarketdeck is on {address}{note}.{mail} Ctrl-C stops it.\n", flush=True)
    return supervisord.wait()


def _is_up(supervisord: subprocess.Popen[bytes], port: int) -> bool:
    gives_up_at = time.monotonic() + READY_WITHIN_SECONDS
    while supervisord.poll() is None and time.monotonic() < gives_up_at:
        try:
            with urlopen(f"http://127.0.0.1:{port}/markets", timeout=10):
                return True
        except HTTPError:
            return True  # a page that says there is no list yet is an answer too
        except (URLError, OSError):
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    main()

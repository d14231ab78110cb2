"""docs/deploy.md, run from its first command to its last in a folder that plays a bare Debian."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from tests.exchange.process import ExchangeProcess
from tests.support.site import free_port
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

pytestmark = [pytest.mark.timeout(240), pytest.mark.heavy]

PAGE = (PROJECT_DIR / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
NAME = "marketdeck.example"
PRODUCT = ("deploy", "docs", "jobs", "static", "templates", "webapp")
LOOSE = (
    "Makefile",
    "constraints.txt",
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "rolldown.config.js",
    "wsgi.py",
)
FETCHED = (".venv", "node_modules")

# What cannot be done here, and what is done in its place. All else is what the machine has.
STAND_INS = {
    "apt-get": "exit 0",
    "useradd": "exit 0",
    "journalctl": 'cat "$STATE"/marketdeck-*.log',
    "git": '[ "$1" != clone ] || cp -a "$STATE/source/." "$ROOT/srv/marketdeck"',
    "runuser": 'shift 3; exec "$@"',
    "systemctl": f'cd "{PROJECT_DIR}" && exec "{sys.executable}" -m tests.support.systemctl "$@"',
    "certbot": f"""mkdir -p "$ROOT/etc/letsencrypt/live/{NAME}"
cd "$ROOT/etc/letsencrypt/live/{NAME}"
exec openssl req -x509 -newkey ed25519 -nodes -days 1 -subj /CN={NAME} \
  -addext subjectAltName=DNS:{NAME} -keyout privkey.pem -out fullchain.pem""",
    # These two run as they are, and are only told which folder and ports are this test's.
    "nginx": 'exec "$NGINX" -p "$ROOT" -c "$ROOT/etc/nginx/nginx.conf" "$@"',
    "curl": f'exec "$CURL" --resolve "{NAME}:443:127.0.0.1" --connect-to "::127.0.0.1:$TLS_PORT" '
    f'--cacert "$ROOT/etc/letsencrypt/live/{NAME}/fullchain.pem" "$@"',
}
AS_THEY_ARE = {"nginx", "curl"}
# Debian's file, without its user and with our folders.
NGINX = """
daemon off;
pid {state}/nginx.pid;
error_log {state}/nginx.log;
user {user};
events {{}}
http {{
    client_body_temp_path {state}/body;
    proxy_temp_path {state}/proxy;
    fastcgi_temp_path {state}/fastcgi;
    uwsgi_temp_path {state}/uwsgi;
    scgi_temp_path {state}/scgi;
    access_log off;
    include {root}/etc/nginx/conf.d/*.conf;
}}
"""


@dataclass
class Debian:
    """A folder in place of ``/`` with what Debian's packages bring, and an nginx that runs."""

    root: Path
    state: Path
    ports: dict[str, int]
    environment: dict[str, str]

    def below(self, text: str) -> str:
        """The text with each path of the machine below the folder."""
        return re.sub(r"(?<![\w/.}])/(etc|srv|var)/", rf"{self.root}/\1/", text)

    def run(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-euxo", "pipefail", "-c", self.below(commands)],
            env=self.environment,
            cwd=self.root,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def asks(self, path: str) -> str:
        """The answer's body, through nginx and TLS; raises when it is none."""
        return self.run(f'curl --fail --silent --show-error "https://{NAME}{path}"')

    def processes(self) -> list[psutil.Process]:
        """All that run in the product's folder."""
        folder = str(self.root / "srv/marketdeck")
        running = psutil.process_iter(["cwd", "cmdline"])
        return [process for process in running if process.info["cwd"] == folder]

    def main_pid(self, name: str) -> int:
        return int((self.state / f"{name}.pid").read_text())


@pytest.fixture
def debian(exchange: ExchangeProcess, redis_url: str, tmp_path: Path) -> Iterator[Debian]:
    root, state, programs = (tmp_path / name for name in ("root", "state", "programs"))
    for folder in ("etc/nginx/conf.d", "etc/nginx/sites-enabled", "etc/systemd/system", "srv"):
        (root / folder).mkdir(parents=True)
    for folder in ("var/log/nginx", "var/cache/nginx", "var/backups", "var/www/html"):
        (root / folder).mkdir(parents=True)
    (root / "etc/nginx/mime.types").symlink_to("/etc/nginx/mime.types")
    programs.mkdir()
    for name, code in STAND_INS.items():
        (programs / name).write_text(f"#!/bin/bash\nset -e\n{code}\n")
        (programs / name).chmod(0o755)
    path = f"{os.environ['PATH']}:/usr/sbin"
    ports = {"http": free_port(), "tls": free_port(), "web": free_port()}
    environment = {
        **exchange.urls.environment(),
        "PATH": f"{programs}:{path}",
        "HOME": str(tmp_path),
        "PIP_NO_INDEX": "1",  # all is there, and nothing may be put into these tests' own packages
        "ROOT": str(root),
        "STATE": str(state),
        "NGINX": str(shutil.which("nginx", path=path)),
        "CURL": str(shutil.which("curl")),
        "TLS_PORT": str(ports["tls"]),
        "PORT": str(ports["web"]),
        "REDIS_URL": redis_url,
    }
    machine = Debian(root, state, ports, environment)
    lay_source(machine)
    user = getpass.getuser()
    (root / "etc/nginx/nginx.conf").write_text(NGINX.format(root=root, state=state, user=user))
    nginx = subprocess.Popen([programs / "nginx"], env=environment)
    try:
        wait_until((state / "nginx.pid").exists, "nginx has started")
        yield machine
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(timeout=20)
        for process in machine.processes():
            process.terminate()


def lay_source(machine: Debian) -> None:
    """What git brings, with this machine's ports and paths, and what ``make setup`` would fetch."""
    source = machine.state / "source"
    for name in PRODUCT:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT_DIR / name, source / name, ignore=ignored)
    for name in LOOSE:
        shutil.copy(PROJECT_DIR / name, source)
        os.utime(source / name, (0, 0))  # older than what was made of them
    for name in FETCHED:
        (source / name).symlink_to(PROJECT_DIR / name)
    for file in filter(Path.is_file, (source / "deploy" / "systemd").rglob("*")):
        file.write_text(as_here(machine, file.read_text()))
    file = source / "deploy" / "nginx.conf"
    text = as_here(machine, file.read_text())
    text = text.replace("listen 80", f"listen 127.0.0.1:{machine.ports['http']}")
    text = text.replace("listen 443", f"listen 127.0.0.1:{machine.ports['tls']}")
    file.write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{machine.ports['web']}"))


def as_here(machine: Debian, text: str) -> str:
    return machine.below(text).replace("/bin/kill", shutil.which("kill") or "kill")


def test_its_commands_lead_to_a_served_site_and_through_an_update_and_a_restore(debian: Debian):
    packages, settings, services, certificate, update, backup, restore, logs, command = BLOCKS
    user = getpass.getuser()  # there is no user marketdeck, and only root could make one
    debian.run(packages.replace("-o marketdeck -g marketdeck", f"-o {user}"))
    debian.run(settings)
    env_file = debian.root / "etc/marketdeck/env"
    assert env_file.stat().st_mode & 0o777 == 0o600
    debian.run(services)
    wait_until(lambda: is_up(debian), "the product answers", within_seconds=60)
    debian.run(certificate)

    wait_until(lambda: "</html>" in debian.asks("/markets"), "the page is served")
    assert "BTCUSDT" in debian.asks("/api/v1/symbols/spot")
    led = requests.get(
        f"http://127.0.0.1:{debian.ports['http']}/markets",
        headers={"Host": NAME},
        allow_redirects=False,
        timeout=30,
    )
    assert (led.status_code, led.headers["Location"]) == (308, f"https://{NAME}/markets")

    old_master = debian.main_pid("marketdeck-web")
    debian.run(update)
    wait_until(lambda: not psutil.pid_exists(old_master), "a new master goes on", 60)
    assert "</html>" in debian.asks("/account/sign-in")
    (debian.state / "marketdeck-web.pid").write_text(str(new_master(debian)))

    debian.asks("/account/sign-up")
    debian.run(command)  # makes the database, if nobody was there yet
    debian.run(backup)
    backed_up = debian.root / "var/backups/marketdeck"
    assert (backed_up / "env").read_bytes() == env_file.read_bytes()
    env_file.write_text("lost")
    debian.run(restore.replace("-o marketdeck -g marketdeck", f"-o {user}"))
    wait_until(lambda: is_up(debian), "the product answers again", within_seconds=60)
    assert "</html>" in debian.asks("/markets")
    assert "gunicorn" in debian.run(logs)


def test_only_what_the_page_says_is_played_by_a_stand_in():
    told = PAGE.partition("only ")[2].partition(" are played by stand-ins")[0]
    played = STAND_INS.keys() - AS_THEY_ARE
    assert set(re.findall(r"[\w-]+", told)) - {"and"} == played


def is_up(debian: Debian) -> bool:
    try:
        url = f"http://127.0.0.1:{debian.ports['web']}/manifest.webmanifest"
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def new_master(debian: Debian) -> int:
    """The process that listens where the old master did, as systemd hears from the old one."""
    found = [it for it in debian.processes() if "wsgi:app" in it.info["cmdline"]]
    masters = [process for process in found if process.parent() not in found]
    assert len(masters) == 1
    return masters[0].pid

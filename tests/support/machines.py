"""Machines of their own on one network: a network namespace each, joined by a bridge."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import ExitStack
from types import TracebackType
from typing import Self

_NEEDS = "The tests need network namespaces: run them as root, with Debian's iproute2"


class Network:
    """A bridge that this machine is on as well; from ``with`` on."""

    def __init__(self) -> None:
        number = os.getpid() % 250
        self._prefix = f"198.18.{number}"  # RFC 2544: for tests, in use nowhere
        self.cidr = f"{self._prefix}.0/24"
        self.address = f"{self._prefix}.1"
        self._name = f"mdk{number}"
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> Self:
        if os.geteuid() != 0 or not shutil.which("ip"):
            raise RuntimeError(_NEEDS)
        _ip("link", "add", self._name, "type", "bridge")
        self._stack.callback(_ip, "link", "del", self._name)
        _ip("addr", "add", f"{self.address}/24", "dev", self._name)
        _ip("link", "set", self._name, "up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._stack.close()

    def machine(self) -> Machine:
        """Another machine; it goes with the network."""
        self._count += 1
        name = f"{self._name}-{self._count}"
        _ip("netns", "add", name)
        self._stack.callback(_ip, "netns", "del", name)
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        self._stack.callback(_ip, "link", "del", name)  # with its namespace it would go later
        machine = Machine(name, f"{self._prefix}.{10 + self._count}")
        _ip("link", "set", name, "master", self._name, "up")
        _ip("-n", name, "addr", "add", f"{machine.address}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "link", "set", "eth0", "up")
        return machine


class Machine:
    """A network of its own; disk and processes are this machine's."""

    def __init__(self, name: str, address: str) -> None:
        self.address = address
        self.entry = ("nsenter", f"--net=/run/netns/{name}")  # what comes before a command
        self._name = name

    def kill_everything(self) -> None:
        for pid in _ip("netns", "pids", self._name).split():
            os.kill(int(pid), signal.SIGKILL)

    def cut_off(self) -> None:
        """As if its cable were pulled: nobody hears anything of it, not even an end."""
        _ip("link", "set", self._name, "down")

    def join_again(self) -> None:
        _ip("link", "set", self._name, "up")


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout

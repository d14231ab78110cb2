"""Why a host cannot be reached, in words: each step on the way there, in order."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit


class CannotReach(Exception):
    """A step failed; the text is a sentence's end that names it, such as "its name is unknown"."""


def open_connection(url: str, patience_seconds: float) -> socket.socket:
    """Connect to the URL's host, by TLS where its scheme says so; raises ``CannotReach``."""
    parts = urlsplit(url)
    is_tls = parts.scheme in ("https", "wss")
    host, port = parts.hostname or "", parts.port or (443 if is_tls else 80)
    try:
        connection = socket.create_connection((host, port), timeout=patience_seconds)
    except socket.gaierror as error:
        raise CannotReach(f"its name is not found by DNS ({error.strerror})") from None
    except TimeoutError:
        raise CannotReach(f"port {port} does not answer in {patience_seconds:g} s") from None
    except ConnectionRefusedError:
        raise CannotReach(f"port {port} is closed") from None
    except OSError as error:
        raise CannotReach(f"there is no way to it ({error.strerror})") from None
    if not is_tls:
        return connection
    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        connection.close()
        raise CannotReach(f"its certificate is not good: {error.verify_message}") from None
    except OSError as error:  # TLS's own errors and time-outs are such too
        connection.close()
        raise CannotReach(f"TLS fails ({type(error).__name__})") from None


def why_unreachable(url: str, patience_seconds: float) -> str:
    """The step that fails; where none does, that it gives no answer."""
    try:
        open_connection(url, patience_seconds).close()
    except CannotReach as error:
        return str(error)
    return f"it takes the connection and gives no answer in {patience_seconds:g} s"

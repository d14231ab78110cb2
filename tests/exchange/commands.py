"""The JSON control messages of a stream connection, with Binance's error answers (code 0 to 3)."""

import json
import re
from collections.abc import Callable

from tests.exchange.connection import Connection
from tests.exchange.hub import Hub
from tests.exchange.rows import dump

_METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_ID_TEXT = re.compile(r"^[0-9A-Za-z_-]{0,36}$")
_I64 = 1 << 63


class CommandError(Exception):
    """A refusal with code and message, as it goes over the wire; only code 0 shows the id."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def answer(hub: Hub, connection: Connection, text: str) -> str:
    """Obey a control message and give the answer to send."""
    message_id: object = None
    try:
        message = _read(text)
        message_id = _checked_id(message.get("id"))
        result = _obey(hub, connection, message, len(text))
    except CommandError as error:
        shown = {"id": message_id} if error.code == 0 else {}
        return dump({"code": error.code, "msg": error.message, **shown})
    return dump({"result": result, "id": message_id})


def _read(text: str) -> dict[str, object]:
    try:
        message = json.loads(text)
    except ValueError:
        raise CommandError(
            3, f"Invalid JSON: expected value at line 1 column {_error_column(text)}"
        ) from None
    if not isinstance(message, dict):
        raise CommandError(2, "Invalid request: expected an object")
    return message


def _error_column(text: str) -> int:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.colno
    return len(text)


def _checked_id(value: object) -> object:
    if value is None or (
        isinstance(value, int) and not isinstance(value, bool) and -_I64 <= value < _I64
    ):
        return value
    if isinstance(value, str) and _ID_TEXT.match(value):
        return value
    raise CommandError(2, "Invalid request: request ID must be an unsigned integer")


def _obey(hub: Hub, connection: Connection, message: dict[str, object], length: int) -> object:
    method = message.get("method")
    if method is None:
        raise CommandError(2, f"Invalid request: missing field `method` at line 1 column {length}")
    if method not in _METHODS:
        names = ", ".join(f"`{name}`" for name in _METHODS)
        raise CommandError(
            2,
            f"Invalid request: unknown variant {method}, expected one of {names}"
            " at line 1 column 28",
        )
    if method == "LIST_SUBSCRIPTIONS":
        return list(connection.subscriptions)
    parameters = message.get("params")
    if not isinstance(parameters, list):
        raise CommandError(2, "Invalid request: missing field `params`")
    if method in ("SET_PROPERTY", "GET_PROPERTY"):
        return _property(connection, str(method), parameters)
    _change(hub.subscribe if method == "SUBSCRIBE" else hub.unsubscribe, connection, parameters)
    return None


def _property(connection: Connection, method: str, parameters: list[object]) -> bool | None:
    if len(parameters) > (2 if method == "SET_PROPERTY" else 1):
        raise CommandError(2, "Invalid request: too many parameters")
    if not parameters or not isinstance(parameters[0], str):
        raise CommandError(2, "Invalid request: property name must be a string")
    if parameters[0] != "combined":
        raise CommandError(0, "Unknown property")
    if method == "GET_PROPERTY":
        return connection.combined
    if len(parameters) < 2 or not isinstance(parameters[1], bool):
        raise CommandError(1, "Invalid value type: expected Boolean")
    connection.combined = parameters[1]
    return None


def _change(
    act: Callable[[Connection, str], None], connection: Connection, names: list[object]
) -> None:
    if not all(isinstance(name, str) for name in names):
        raise CommandError(2, "Invalid request: stream names must be strings")
    for name in names:
        act(connection, str(name))

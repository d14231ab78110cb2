"""All symbols of one venue and their walk, one step a second."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from tests.exchange.instrument import Instrument
from tests.exchange.state import State

_HOLDS = (1, 2, 4, 6, 12, 20)
ContractListener = Callable[[Instrument], None]


class Market:
    """The symbols of a venue.

    `version` grows with every change to the list, so that rendered answers can be kept.
    """

    def __init__(self, instruments: Iterable[Instrument], second: int) -> None:
        self.second = second
        self.version = 0
        self.instruments: dict[str, Instrument] = {}
        self.states: dict[str, State] = {}
        self.by_stream_name: dict[str, State] = {}
        self.on_change: list[ContractListener] = []
        self._buckets: dict[tuple[int, int], list[State]] = {}
        self._turn = 0
        self._shifted: dict[str, float] = {}  # the factor by which a price was moved
        self._original: dict[
            str, Instrument | None
        ] = {}  # before the first change; None: it was not listed
        for instrument in instruments:
            self._add(instrument)

    def advance(self, second: int, skip: Callable[[State], bool]) -> list[State]:
        """Trade every symbol that is due; `skip` names those whose trades somebody else makes.

        Give what changed.

        After a pause (a suspended machine, a stopped process) all symbols are due, so that none
        lags behind its path.
        """
        late = second - self.second > 1
        self.second = second
        changed = []
        for states in self._due(second, everything=late):
            for state in states:
                if not skip(state):
                    state.walk(second)
                changed.append(state)
        return changed

    def trade_some(self, count: int, second: int, skip: Callable[[State], bool]) -> list[State]:
        """Trade the next `count` symbols in turn, whether they are due or not (for a given rate of
        updates).
        """
        self.second = second
        chosen = self._in_turn(
            [state for states in self._buckets.values() for state in states], count
        )
        for state in chosen:
            if not skip(state):
                state.walk(second)
        return chosen

    def roll_some(self, count: int) -> None:
        """Refresh the 24-hour windows of the next `count` symbols, so that no answer has to refresh
        them all.
        """
        for state in self._in_turn(list(self.states.values()), count):
            state.roll(self.second)

    def _in_turn(self, states: list[State], count: int) -> list[State]:
        start, self._turn = self._turn, self._turn + count
        return [states[(start + offset) % len(states)] for offset in range(count if states else 0)]

    def listed(self) -> list[Instrument]:
        """Give what exchangeInfo lists: COIN-M contracts only share the streams."""
        return [
            instrument for instrument in self.instruments.values() if instrument.margin_kind == 1
        ]

    def state(self, symbol: str) -> State:
        """Give a listed symbol's state; KeyError when there is none."""
        state = self.states[symbol]
        if state.inst.margin_kind != 1:
            raise KeyError(symbol)
        return state

    def set_status(self, symbol: str, status: str) -> Instrument:
        """Change a symbol's status: it stops or starts to trade at once."""
        instrument = self.state(symbol).inst
        self._original.setdefault(symbol, replace(instrument))
        if instrument.recorded is not None:
            instrument.recorded = {**instrument.recorded, "status": status}
        instrument.status = status
        self._rebuild_buckets()
        self._changed(instrument)
        return instrument

    def set_permissions(self, symbol: str, sets: tuple[tuple[str, ...], ...]) -> None:
        """Change who may trade a symbol."""
        instrument = self.state(symbol).inst
        self._original.setdefault(symbol, replace(instrument))
        instrument.permission_sets = sets
        self._changed(instrument)

    def add_like(self, symbol: str, base: str, quote: str, like: str, status: str) -> Instrument:
        """List a new symbol, in all other respects a copy of an existing one."""
        model = self.state(like).inst
        instrument = replace(model, symbol=symbol, base=base, quote=quote, status=status,
                             recorded=None, pair=symbol,
                             onboard_ms=self.second * 1000)  # fmt: skip
        self._original.setdefault(symbol, None)
        self._add(instrument)
        self._changed(instrument)
        return instrument

    def set_price(self, symbol: str, price: float) -> None:
        """Let a symbol trade at about a price from now on; its history moves along."""
        state = self.state(symbol)
        factor = price / (state.path.ticks(self.second) * state.inst.price.size)
        self._shifted[symbol] = self._shifted.get(symbol, 1.0) * factor
        state.path.shift(factor)

    def remove(self, symbol: str) -> None:
        """Take a symbol off the list (Binance keeps most of them, as BREAK or SETTLING)."""
        instrument = self.state(symbol).inst
        self._original.setdefault(symbol, replace(instrument))
        del self.instruments[symbol], self.states[symbol], self.by_stream_name[symbol.lower()]
        instrument.status = "CLOSE"
        self._rebuild_buckets()
        self._changed(instrument)

    def restore(self) -> None:
        """Undo every change to the list and to prices: as it was at the start."""
        for symbol, factor in self._shifted.items():
            if symbol in self.states:
                self.states[symbol].shift_back(factor, self.second)
        self._shifted = {}
        originals, self._original = self._original, {}
        for symbol, original in originals.items():
            if original is None and symbol in self.instruments:
                self.remove(symbol)
            elif original is not None and symbol in self.instruments:
                self.instruments[symbol].permission_sets = original.permission_sets
                self.set_status(symbol, original.status)
            elif original is not None:
                self._add(original)
                self._changed(original)
        self._original = {}

    def _add(self, instrument: Instrument) -> None:
        state = State(instrument, self.second)
        self.instruments[instrument.symbol] = instrument
        self.states[instrument.symbol] = self.by_stream_name[instrument.symbol.lower()] = state
        if instrument.trading:
            self._buckets.setdefault((instrument.hold, state.path.phase), []).append(state)

    def _rebuild_buckets(self) -> None:
        self._buckets.clear()
        for state in self.states.values():
            if state.inst.trading:
                self._buckets.setdefault((state.inst.hold, state.path.phase), []).append(state)

    def _due(self, second: int, *, everything: bool) -> Iterable[list[State]]:
        if everything:
            return list(self._buckets.values())
        return [self._buckets.get((hold, second % hold), []) for hold in _HOLDS]

    def _changed(self, instrument: Instrument) -> None:
        self.version += 1
        for listener in self.on_change:
            listener(instrument)

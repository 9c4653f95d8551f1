"""PC/SC as the card readers use it: contexts, states and exchanges. The only module that knows pyscard.

Decides nothing but what the daemon's return codes mean. Built on the plain calls, which return codes and raise nothing
for a missing card or daemon; `smartcard.CardMonitoring` is not used: it ends silently when the daemon dies and takes
two cards with equal ATR for one. A context belongs to one thread; only `cancel` may be called from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from smartcard import scard

from kiosk.ports.cards import Unreadable

_PNP = r"\\?PnP?\Notification"
_NO_ANSWER_CODE = 0
_COUNTER_SHIFT = 16
_MOST_ASKED = 16
"""The daemon refuses to watch more at once; with sixteen readers it cannot also say that one came or went."""

_TIMEOUT = 0x8010000A
_CANCELLED = 0x80100002
_NO_READERS = 0x8010002E
_UNKNOWN_READER = 0x80100009
_READER_UNAVAILABLE = 0x80100017
# Without the daemon: no service, service stopped, its connection broke, our handle is of its former life.
_SERVICE_CODES = frozenset({0x8010001D, 0x8010001E, 0x80100013, 0x80100003})
_REMOVED_CODES = frozenset({0x8010000C, 0x80100069})
# Mute, unsupported, without power, no common protocol: upside down, or not a chip card of ours.
_MUTE_CODES = frozenset({0x80100066, 0x80100065, 0x80100067, 0x8010000F})


_CAUSES = {
    _NO_ANSWER_CODE: "no APDU answer",
    0x80100003: "invalid handle",
    _UNKNOWN_READER: "unknown reader",
    0x8010000B: "sharing violation",
    0x8010000C: "no card",
    0x8010000F: "no common protocol",
    0x80100013: "communication error",
    0x80100014: "unknown error",
    0x80100016: "not transacted",
    _READER_UNAVAILABLE: "reader unavailable",
    0x8010001D: "no service",
    0x8010001E: "service stopped",
    _NO_READERS: "no readers",
    0x80100065: "unsupported card",
    0x80100066: "mute card",
    0x80100067: "card without power",
    0x80100068: "card was reset",
    0x80100069: "card removed",
    0x8010006A: "security violation",
}
"""The daemon's codes in words, for the log: it writes no long numbers."""


class PcscFault(Exception):
    """A call did not succeed. `code` is the daemon's, unsigned; 0 for an answer that is no APDU answer."""

    def __init__(self, call: str, code: int) -> None:
        super().__init__(f"{call}: {code:08X}")
        self.call = call
        self.code = code

    @property
    def cause(self) -> str:
        """The code in a word."""
        return _CAUSES.get(self.code, "unknown")

    @property
    def is_service(self) -> bool:
        """The daemon itself does not answer: the context is of no more use."""
        return self.code in _SERVICE_CODES

    @property
    def is_removal(self) -> bool:
        """The card is out, says the daemon."""
        return self.code in _REMOVED_CODES

    @property
    def why(self) -> Unreadable:
        """What it means for the card that was to be read."""
        if self.is_removal:
            return Unreadable.REMOVED
        if self.code == _NO_ANSWER_CODE:
            return Unreadable.GARBAGE
        return Unreadable.NOT_RECOGNISED if self.code in _MUTE_CODES else Unreadable.READER


@dataclass(frozen=True, slots=True)
class ReaderState:
    """A reader as the daemon reports it: its flags and, above them, its event counter."""

    raw: int

    @property
    def counter(self) -> int:
        """+1 for each card put in or taken out, 16 bits."""
        return self.raw >> _COUNTER_SHIFT

    @property
    def is_present(self) -> bool:
        """A card is in, mute or not."""
        return bool(self.raw & scard.SCARD_STATE_PRESENT)


class Card:
    """A connection to a card, for one read."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle = handle
        self._pci = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def atr(self) -> bytes:
        """The card's answer to reset."""
        code, _reader, _state, _protocol, atr = scard.SCardStatus(self._handle)
        _check("SCardStatus", code)
        return bytes(atr)

    def transmit(self, command: bytes, /) -> tuple[bytes, int]:
        """Data and status word. Raises PcscFault. A card that hangs keeps this call until it is pulled out."""
        code, answer = scard.SCardTransmit(self._handle, self._pci, list(command))
        _check("SCardTransmit", code)
        if len(answer) < 2:
            raise PcscFault("SCardTransmit", _NO_ANSWER_CODE)
        return bytes(answer[:-2]), answer[-2] << 8 | answer[-1]


class Context:
    """One context of the daemon, for one thread."""

    def __init__(self) -> None:
        """Raises PcscFault when the daemon does not answer."""
        code, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        _check("SCardEstablishContext", code)
        self._plugged = 0  # the daemon's own note of how many readers there are, handed back as it came

    def readers(self) -> tuple[str, ...]:
        """All readers that are plugged in."""
        code, names = scard.SCardListReaders(self._handle, [])
        if _unsigned(code) in {_NO_READERS, _READER_UNAVAILABLE}:
            return ()
        _check("SCardListReaders", code)
        return tuple(names)

    def changes(self, known: Mapping[str, ReaderState | None], *, timeout_ms: int) -> dict[str, ReaderState]:
        """Wait until a reader differs from what is known (None: nothing) or readers come or go; all states then.

        Returns early, with what was known, on time-out, `cancel` and a reader that has just gone.
        """
        asked = [(name, state.raw if state else scard.SCARD_STATE_UNAWARE) for name, state in known.items()]
        if len(asked) < _MOST_ASKED:
            asked.append((_PNP, self._plugged))
        code, states = scard.SCardGetStatusChange(self._handle, timeout_ms, asked)
        if _unsigned(code) in {_TIMEOUT, _CANCELLED, _UNKNOWN_READER}:
            return {name: state for name, state in known.items() if state}
        _check("SCardGetStatusChange", code)
        now = {name: raw & ~scard.SCARD_STATE_CHANGED for name, raw, _atr in states}
        self._plugged = now.pop(_PNP, self._plugged)
        return {name: ReaderState(raw) for name, raw in now.items()}

    def look(self, reader: str) -> ReaderState:
        """A reader's state now."""
        asked = [(reader, scard.SCARD_STATE_UNAWARE)]
        code, states = scard.SCardGetStatusChange(self._handle, 0, asked)
        _check("SCardGetStatusChange", code)
        return ReaderState(states[0][1] & ~scard.SCARD_STATE_CHANGED)

    def wait(self, reader: str, known: ReaderState, *, timeout_ms: int) -> ReaderState:
        """A reader's state after it changed, or after the time."""
        code, states = scard.SCardGetStatusChange(self._handle, timeout_ms, [(reader, known.raw)])
        if _unsigned(code) in {_TIMEOUT, _CANCELLED}:
            return known
        _check("SCardGetStatusChange", code)
        return ReaderState(states[0][1] & ~scard.SCARD_STATE_CHANGED)

    @contextmanager
    def card(self, reader: str) -> Iterator[Card]:
        """A connection for one exchange. It is given up without a reset, so that nobody else's work is disturbed."""
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, handle, protocol = scard.SCardConnect(self._handle, reader, scard.SCARD_SHARE_SHARED, protocols)
        _check("SCardConnect", code)
        try:
            yield Card(handle, protocol)
        finally:
            # Its outcome is of no interest: card or daemon may be gone.
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)

    def cancel(self) -> None:
        """End the waiting in `changes` or `wait`, from any thread. Does not end an exchange with a card."""
        scard.SCardCancel(self._handle)

    def close(self) -> None:
        """Give the context back."""
        scard.SCardReleaseContext(self._handle)


def _unsigned(code: int) -> int:
    """Some builds of the binding return the daemon's codes signed."""
    return code & 0xFFFFFFFF


def _check(call: str, code: int) -> None:
    if _unsigned(code) != scard.SCARD_S_SUCCESS:
        raise PcscFault(call, _unsigned(code))

"""The card's side of the virtual reader's protocol: two bytes of length, then a control byte or a command.

Decides only how bytes travel. The reader asks for the ATR every 400 ms to learn whether a card is there, and waits for
an answer without any limit: whoever serves a card must therefore close the socket, whatever happens.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from lab.cards.card import Card, PulledOut

_LENGTH = struct.Struct(">H")
_POWER_ON = 1
_RESET = 2
_GET_ATR = 4
_LONGEST = 0xFFFF


class BrokenLink(Exception):
    """The reader sent less than it announced."""


def serve(link: socket.socket, card: Card, *, on_message: Callable[[], None] = lambda: None) -> bool:
    """Answer for `card` until either side closes; the socket is closed in any case.

    True when the card left by itself, False when the link ended. `on_message` is called for each message: from the
    first one on the reader knows of the card. Raises nothing that a removed card may cause.
    """
    try:
        while (message := _receive_message(link)) is not None:
            on_message()
            reply = _reply(message, card)
            if reply is not None:
                _send(link, reply[:_LONGEST])
    except PulledOut:
        return True
    except (OSError, BrokenLink):
        return False
    finally:
        link.close()
    return False


def _reply(message: bytes, card: Card) -> bytes | None:
    if len(message) != 1:
        return card.answer(message)
    control = message[0]
    if control == _GET_ATR:
        return card.atr
    if control in (_POWER_ON, _RESET):
        card.reset()
    return None


def _send(link: socket.socket, reply: bytes) -> None:
    link.sendall(_LENGTH.pack(len(reply)) + reply)


def _receive_message(link: socket.socket) -> bytes | None:
    head = _receive(link, _LENGTH.size)
    if head is None:
        return None
    body = _receive(link, _LENGTH.unpack(head)[0])
    if body is None:
        raise BrokenLink
    return body


def _receive(link: socket.socket, size: int) -> bytes | None:
    received = bytearray()
    while len(received) < size:
        part = link.recv(size - len(received))
        if not part:
            return None
        # The reader sends length and body apart; without this each exchange takes 44 ms instead of 0.05. Not sticky.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        received += part
    return bytes(received)

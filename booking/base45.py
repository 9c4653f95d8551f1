"""Bytes as the signs that a QR code holds densest (RFC 9285): two bytes in three of them, a last odd byte in two."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {sign: value for value, sign in enumerate(_ALPHABET)}
_BASE = len(_ALPHABET)


def base45(data: bytes) -> str:
    """The signs for these bytes."""
    text = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, _BASE)
            text.append(_ALPHABET[digit])
    return "".join(text)


def read_base45(text: str) -> bytes:
    """The bytes again. Raises ValueError, which tells nothing of the text, when these signs stand for none."""
    data = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        value = 0
        for place, sign in enumerate(group):
            if sign not in _VALUE:
                raise ValueError("not base45: a sign that it does not have")
            value += _VALUE[sign] * _BASE**place
        size = len(group) - 1
        if size < 1 or value >= 256**size:
            raise ValueError("not base45: a group that stands for no bytes")
        data += value.to_bytes(size, "big")
    return bytes(data)

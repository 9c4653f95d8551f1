"""A Chinese social-security card (社会保障卡), contact side, as cities issue it.

Decides what such a card answers on T=0; knows no reader. Layouts differ from city to city, so the order of the data
and the habits of the card are options. Nothing here needs a PIN, and no PIN exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.cards.card import (
    FILE_NOT_FOUND,
    NO_FILE_SELECTED,
    NOT_ALLOWED,
    OK,
    RECORD_NOT_FOUND,
    T0_ATR,
    WRONG_INSTRUCTION,
    WRONG_LENGTH,
    WRONG_PARAMETERS,
    PlainCard,
)

APPLICATION = b"sx1.sh." + "社会保障".encode("gb18030")
_FILE_CONTROL = bytes.fromhex("6F 11 84 0F") + APPLICATION
_BASIC_FILE = 0xEF05
_PERSON_FILE = 0xEF06
_NAME_BYTES = 30
_EXTENSION_BYTES = 20
_SELECT, _READ_RECORD, _GET_RESPONSE = 0xA4, 0xB2, 0xC0
_BY_NUMBER, _BY_TAG = 0x04, 0x00
_HEADER_BYTES = 5

PERSON_TAGS = (0x08, 0x09, 0x4E, 0x0A, 0x0B, 0x0C, 0x0D)
"""The person's file of the newer cards. Older ones lack 4E; in some cities it stands last."""
PERSON_TAGS_OLD = (0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D)
PERSON_TAGS_EXTENSION_LAST = (0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x4E)


@dataclass(frozen=True, slots=True)
class SocialSecurityData:
    """What is on the card, in the form in which people write it."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    """Citizen's number, 18 characters."""
    card_number: str = field(repr=False)
    """Up to 9 characters."""
    sex: str = "2"
    """`1` male, `2` female, anything else as on the card."""
    birth_date: str = field(default="19900101", repr=False)
    """`YYYYMMDD`."""
    region: str = "330100"
    nation: str = "01"
    issued: str = "20200101"
    expires: str = "20400101"


@dataclass(frozen=True, slots=True)
class CardHabits:
    """How this city's cards behave within the standard."""

    person_tags: tuple[int, ...] = PERSON_TAGS
    version: str = "2.00"
    selects_file_with: tuple[int, ...] = (0x00, 0x02)
    """The P1 values that SELECT by file identifier accepts."""
    announces_file_control: bool = True
    """SELECT of the application answers 61xx with file control information behind it, instead of 9000."""
    asks_for_exact_length: bool = True
    """READ RECORD with any other Le answers 6Cxx; else the data come as they are."""
    name_padding: bytes = b"\0"
    refuses_person_file: bool = False
    """Some third-generation cards want a security module first."""


class SocialSecurityCard(PlainCard):
    """The card. The same data may come with different habits."""

    def __init__(self, data: SocialSecurityData, *, habits: CardHabits | None = None, atr: bytes = T0_ATR) -> None:
        """Raises ValueError when the data do not fit on a card."""
        super().__init__(atr=atr)
        self._habits = habits or CardHabits()
        self._files = {
            _BASIC_FILE: _basic_records(data, self._habits),
            _PERSON_FILE: _person_records(data, self._habits),
        }
        self._in_application = False
        self._records: tuple[bytes, ...] | None = None
        self._is_refused = False
        self._waiting = b""

    def reset(self) -> None:
        """Forget what was selected."""
        self._in_application = False
        self._records = None
        self._is_refused = False
        self._waiting = b""

    def answer(self, apdu: bytes) -> bytes:
        """Data and status word. Anything that is not SELECT, READ RECORD or GET RESPONSE is unknown."""
        if len(apdu) < _HEADER_BYTES - 1 or apdu[0] != 0x00:
            return WRONG_LENGTH if len(apdu) < _HEADER_BYTES - 1 else b"\x6e\x00"
        instruction = apdu[1]
        if instruction == _GET_RESPONSE:
            return self._get_response(apdu)
        self._waiting = b""
        if instruction == _SELECT:
            return self._select(apdu)
        if instruction == _READ_RECORD:
            return self._read_record(apdu)
        return WRONG_INSTRUCTION

    def _select(self, apdu: bytes) -> bytes:
        if len(apdu) < _HEADER_BYTES or len(apdu) < _HEADER_BYTES + apdu[4]:
            return WRONG_LENGTH
        how, body = apdu[2], apdu[_HEADER_BYTES : _HEADER_BYTES + apdu[4]]
        if how == 0x04:
            return self._select_application(body)
        if how not in self._habits.selects_file_with:
            return WRONG_PARAMETERS
        file = int.from_bytes(body, "big") if len(body) == 2 else 0
        if not self._in_application or file not in self._files:
            return FILE_NOT_FOUND
        self._records = self._files[file]
        self._is_refused = file == _PERSON_FILE and self._habits.refuses_person_file
        return OK

    def _select_application(self, name: bytes) -> bytes:
        if name != APPLICATION:
            return FILE_NOT_FOUND
        self._in_application, self._records = True, None
        if not self._habits.announces_file_control:
            return OK
        self._waiting = _FILE_CONTROL
        return bytes((0x61, len(_FILE_CONTROL)))

    def _read_record(self, apdu: bytes) -> bytes:
        if self._records is None:
            return NO_FILE_SELECTED
        if self._is_refused:
            return NOT_ALLOWED
        wanted, how = apdu[2], apdu[3] & 0x07
        if how == _BY_NUMBER:
            found = self._records[wanted - 1] if 1 <= wanted <= len(self._records) else None
        elif how == _BY_TAG:
            found = next((record for record in self._records if record[0] == wanted), None)
        else:
            return WRONG_PARAMETERS
        if found is None:
            return RECORD_NOT_FOUND
        length = apdu[4] if len(apdu) > 4 else 0
        if self._habits.asks_for_exact_length and length != len(found):
            return bytes((0x6C, len(found)))
        return found + OK

    def _get_response(self, apdu: bytes) -> bytes:
        if not self._waiting:
            return b"\x69\x85"
        wanted = (apdu[4] if len(apdu) > 4 else 0) or 0x100
        if wanted > len(self._waiting) and self._habits.asks_for_exact_length:
            return bytes((0x6C, len(self._waiting)))
        part, self._waiting = self._waiting[:wanted], self._waiting[wanted:]
        return part + (bytes((0x61, len(self._waiting))) if self._waiting else OK)


def _basic_records(data: SocialSecurityData, habits: CardHabits) -> tuple[bytes, ...]:
    return (
        _record(0x01, _digits(data.region, 16)),
        _record(0x02, b"3"),
        _record(0x03, _text(habits.version, 4)),
        _record(0x04, _digits(data.region, 12)),
        _record(0x05, _digits(data.issued, 4)),
        _record(0x06, _digits(data.expires, 4)),
        _record(0x07, _text(data.card_number, 9)),
    )


def _person_records(data: SocialSecurityData, habits: CardHabits) -> tuple[bytes, ...]:
    name, rest = split_name(data.name, has_extension=0x4E in habits.person_tags)
    values = {
        0x08: _text(data.id_number, 18),
        0x09: name.ljust(_NAME_BYTES, habits.name_padding),
        0x4E: rest.ljust(_EXTENSION_BYTES, habits.name_padding),
        0x0A: _text(data.sex, 1),
        0x0B: _digits(data.nation, 1),
        0x0C: _digits(data.region, 3),
        0x0D: _digits(data.birth_date, 4),
    }
    return tuple(_record(tag, values[tag]) for tag in habits.person_tags)


def split_name(name: str, *, has_extension: bool) -> tuple[bytes, bytes]:
    """The name in GB18030 for the name and its extension, cut between characters.

    Without an extension the rest is lost, as it is on the real card. Raises ValueError when even both are too short.
    """
    fields = [bytearray(), bytearray()]
    limits = (_NAME_BYTES, _EXTENSION_BYTES)
    place = 0
    for character in name:
        encoded = character.encode("gb18030")
        if len(fields[place]) + len(encoded) > limits[place]:
            if place == 1:
                raise ValueError("the name does not fit on a card")
            if not has_extension:
                break
            place = 1
        fields[place] += encoded
    return bytes(fields[0]), bytes(fields[1])


def _record(tag: int, value: bytes) -> bytes:
    return bytes((tag, len(value))) + value


def _digits(text: str, size: int) -> bytes:
    """Binary-coded decimals, padded with F."""
    if len(text) > size * 2 or not (text.isascii() and text.isdigit()):
        raise ValueError("these are not digits that fit on a card")
    return bytes.fromhex(text.ljust(size * 2, "F"))


def _text(text: str, size: int) -> bytes:
    encoded = text.encode("ascii")
    if len(encoded) > size:
        raise ValueError("this text does not fit on a card")
    return encoded.ljust(size, b"\0")

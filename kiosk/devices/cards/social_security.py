"""The Chinese social-security card, contact side, basic data without a PIN (LB002-2000, V2.0, LD/T 32-2015).

Decides what such a card is and what it may say. Never sends VERIFY: a wrong guess burns one of the holder's tries.

What is refused: a social-security number that is not a valid resident number (18 characters, right check digit, a
birthday that exists) is garbage, since a number with one wrong digit would find another person. A card that selects
but does not let its personal data be read (some cities want a key first) is not recognised, not garbage.
"""

from __future__ import annotations

from collections.abc import Iterable

from booking.people import DocumentKind, Identity, Sex, is_resident_number, normalise_number
from kiosk.devices.cards.card_text import bcd_date, calendar_date, code_text, cut, garbage, name_text
from kiosk.devices.cards.transport import DENIED, FILE_NOT_FOUND, RECORD_NOT_FOUND, Transmit, is_good
from kiosk.ports.cards import Unreadable

_AID = "sx1.sh.社会保障".encode("gb18030")
_SELECT_APPLICATION = bytes((0x00, 0xA4, 0x04, 0x00, len(_AID))) + _AID
_SELECT_FILE = (bytes.fromhex("00A4020002"), bytes.fromhex("00A4000002"))

_CARD_FILE = bytes.fromhex("EF05")
_PERSON_FILE = bytes.fromhex("EF06")

_CARD_NUMBER = 0x07
_NUMBER = 0x08
_NAME = 0x09
_NAME_EXTENSION = 0x4E
_SEX = 0x0A
_BIRTH = 0x0D
_MOST_BYTES = {_CARD_NUMBER: 9, _NUMBER: 18, _NAME: 30, _NAME_EXTENSION: 20, _SEX: 1, _BIRTH: 4}
_CARD_FIELDS = frozenset({_CARD_NUMBER})
_PERSON_FIELDS = frozenset(_MOST_BYTES) - _CARD_FIELDS
_LAST_RECORD = 16
# The card number is nearly always the seventh record; asking for it first saves twelve exchanges on a slow card.
_CARD_FILE_ORDER = (7, *(n for n in range(1, _LAST_RECORD + 1) if n != 7))
_PERSON_FILE_ORDER = tuple(range(1, _LAST_RECORD + 1))

_SEXES = {b"": Sex.UNKNOWN, b"0": Sex.UNKNOWN, b"1": Sex.MALE, b"2": Sex.FEMALE, b"9": Sex.UNKNOWN}


def read_social_security(transmit: Transmit) -> Identity | Unreadable | None:
    """Who holds this card; a refusal; or None when it is another kind of card. Raises CardFailed."""
    if not _selects_application(transmit):
        return None
    fields, is_denied = _records(transmit, _PERSON_FILE, order=_PERSON_FILE_ORDER, wanted=_PERSON_FIELDS)
    if is_denied and not {_NUMBER, _NAME} <= fields.keys():
        return Unreadable.NOT_RECOGNISED
    card_fields, _ = _records(transmit, _CARD_FILE, order=_CARD_FILE_ORDER, wanted=_CARD_FIELDS)
    return _identity(fields, card_fields.get(_CARD_NUMBER, b""))


def _selects_application(transmit: Transmit) -> bool:
    data, status = transmit(_SELECT_APPLICATION)
    if is_good(data, status):
        return True
    if status == FILE_NOT_FOUND:
        return False
    # Cards that speak T=1 may want the length of the answer named.
    return is_good(*transmit(_SELECT_APPLICATION + b"\x00"))


def _selects_file(transmit: Transmit, file: bytes) -> int:
    """The status of the last try; 0x9000 when the file is selected."""
    status = 0
    for select in _SELECT_FILE:
        data, status = transmit(select + file)
        if is_good(data, status):
            return 0x9000
    return status


def _records(
    transmit: Transmit, file: bytes, *, order: Iterable[int], wanted: frozenset[int]
) -> tuple[dict[int, bytes], bool]:
    """The wanted fields of a file by their own tags, and whether the card kept some back."""
    fields: dict[int, bytes] = {}
    status = _selects_file(transmit, file)
    if status != 0x9000:
        return fields, status in DENIED
    is_denied = False
    last = _LAST_RECORD + 1
    for number in order:
        if number >= last or wanted <= fields.keys():
            continue
        data, status = transmit(bytes((0x00, 0xB2, number, 0x04, 0x00)))
        if is_good(data, status):
            _keep(fields, data, wanted=wanted)
        elif status == RECORD_NOT_FOUND:
            last = min(last, number)
        elif status in DENIED:
            is_denied = True
        else:
            raise garbage(f"status {status:04X} to READ RECORD")
    return fields, is_denied


def _keep(fields: dict[int, bytes], record: bytes, *, wanted: frozenset[int]) -> None:
    """Take a record by the tag that it carries; the record's number says nothing (the extension's place differs)."""
    if len(record) < 2 or len(record) - 2 < record[1]:
        raise garbage("a record shorter than it says")
    tag, value, rest = record[0], record[2 : 2 + record[1]], record[2 + record[1] :]
    if rest.strip(b"\0") and rest.strip(b"\xff"):
        raise garbage("a record longer than it says")
    if tag not in wanted:
        return
    if len(value) > _MOST_BYTES[tag]:
        raise garbage(f"field {tag:02X} is too long")
    if fields.setdefault(tag, value) != value:
        raise garbage(f"field {tag:02X} stands twice, with different values")


def _identity(fields: dict[int, bytes], card_number: bytes) -> Identity:
    number = code_text(fields.get(_NUMBER, b""))
    if not is_resident_number(number):
        raise garbage("no valid social-security number")
    birth_by_number = calendar_date(number[6:14])
    return Identity(
        kind=DocumentKind.SOCIAL_SECURITY,
        id_number=normalise_number(number),
        card_number=normalise_number(code_text(card_number)),
        name=name_text(_whole_name(fields)),
        sex=_sex(fields, number),
        birth_date=bcd_date(fields.get(_BIRTH, b"")) or birth_by_number,
    )


def _whole_name(fields: dict[int, bytes]) -> bytes:
    """Name and extension as one text: a character may begin in the one and end in the other.

    A space at the end of a full field is padding after a Chinese character and a part of the name after a Latin one.
    """
    first, more = fields.get(_NAME, b"").split(b"\0", 1)[0], cut(fields.get(_NAME_EXTENSION, b""))
    is_full = len(first) == _MOST_BYTES[_NAME]
    unpadded = cut(first)
    ends_latin = unpadded.decode("gb18030", "replace")[-1:].isascii()
    return first + more if more and is_full and (ends_latin or unpadded == first) else unpadded + more


def _sex(fields: dict[int, bytes], number: str) -> Sex:
    value = cut(fields.get(_SEX, b""))
    if value not in _SEXES:
        raise garbage("an unknown sex")
    if _SEXES[value] is not Sex.UNKNOWN:
        return _SEXES[value]
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE

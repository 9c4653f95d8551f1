"""What a card's bytes become: exchanges as they were recorded, and everything that a card may do wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.people import DocumentKind, Identity, Sex, is_resident_number
from kiosk.devices.cards.recognise import Profile, recognise
from kiosk.devices.cards.transport import Conversation, Limits
from kiosk.ports.cards import Unreadable
from lab.cards.card import PlainCard
from lab.cards.social_security import (
    PERSON_TAGS_EXTENSION_LAST,
    PERSON_TAGS_OLD,
    CardHabits,
    SocialSecurityCard,
    SocialSecurityData,
)

SELECT = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
NUMBER = "11010519491231002X"
VERIFY = 0x20


class Script:
    """A card that knows one conversation by heart: another command, or one too few, fails the test."""

    def __init__(self, *lines: str) -> None:
        self._lines = [tuple(bytes.fromhex(part) for part in line.split(">")) for line in lines]

    def __call__(self, command: bytes, /) -> tuple[bytes, int]:
        assert self._lines, f"nothing more was to be said, but {command.hex()} came"
        expected, answer = self._lines.pop(0)
        assert command.hex() == expected.hex()
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def assert_finished(self) -> None:
        assert not self._lines, f"{len(self._lines)} commands were never sent"


class LabCard:
    """A virtual card without a reader; notes what it was asked."""

    def __init__(self, card: PlainCard) -> None:
        self._card = card
        self.asked: list[bytes] = []

    def __call__(self, command: bytes, /) -> tuple[bytes, int]:
        self.asked.append(command)
        answer = self._card.answer(command)
        return answer[:-2], int.from_bytes(answer[-2:], "big")


class RecordCard:
    """Records as they are, in a card that makes no fuss. `refused` records answer with that status."""

    def __init__(self, person: Sequence[bytes], card: Sequence[bytes] = ()) -> None:
        self._files = {bytes.fromhex("EF06"): person, bytes.fromhex("EF05"): card}
        self._file: Sequence[bytes] = ()

    def __call__(self, command: bytes, /) -> tuple[bytes, int]:
        if command[1] == 0xA4 and command[2] == 0x04:
            return b"", 0x9000
        if command[1] == 0xA4:
            self._file = self._files[command[5:]]
            return b"", 0x9000
        if command[2] > len(self._file):
            return b"", 0x6A83
        return self._file[command[2] - 1], 0x9000


def record(tag: int, value: bytes) -> bytes:
    return bytes((tag, len(value))) + value


def person_with(**changes: bytes) -> RecordCard:
    """A good card, but for these fields."""
    values = {"number": NUMBER.encode(), "name": "李小龙".encode("gb18030"), "extension": b"", "sex": b"2"}
    values["birth"] = bytes.fromhex("19491231")
    values |= {name: value for name, value in changes.items() if name != "card_number"}
    tags = {"number": 0x08, "name": 0x09, "extension": 0x4E, "sex": 0x0A, "birth": 0x0D}
    person = [record(tags[name], value) for name, value in values.items()]
    return RecordCard(person, [record(0x07, changes.get("card_number", b"A12345678"))])


def read_whole(card: RecordCard) -> Identity:
    said = recognise(card)
    assert isinstance(said, Identity)
    return said


def test_a_t0_card_is_read_by_exactly_these_commands() -> None:
    name = "王小明".encode("gb18030").ljust(30, b"\0").hex()
    script = Script(
        f"{SELECT}>6111",
        "00C0000011>6F11840F7378312E73682EC9E7BBE1B1A3D5CF9000",
        "00A4020002EF06>9000",
        "00B2010400>6C14",
        f"00B2010414>0812{NUMBER.encode().hex()}9000",
        "00B2020400>6C20",
        f"00B2020420>091E{name}9000",
        "00B2030400>6C03",
        "00B2030403>0A01319000",
        "00B2040400>6C06",
        "00B2040406>0D04194912319000",
        "00B2050400>6A83",
        "00A4020002EF05>6A86",
        "00A4000002EF05>9000",
        "00B2070400>6C0B",
        "00B207040B>0709413132333435363738 9000",
    )
    assert recognise(script) == Identity(
        DocumentKind.SOCIAL_SECURITY, NUMBER, "A12345678", "王小明", Sex.MALE, "1949-12-31"
    )
    script.assert_finished()


def test_another_card_is_asked_once_and_left_alone() -> None:
    script = Script(f"{SELECT}>6A82")
    assert recognise(script) is Unreadable.NOT_RECOGNISED
    script.assert_finished()


def test_a_card_that_wants_the_length_named_is_selected_at_the_second_try() -> None:
    script = Script(f"{SELECT}>6700", f"{SELECT}00>6D00")
    assert recognise(script) is Unreadable.NOT_RECOGNISED
    script.assert_finished()


@pytest.mark.parametrize(
    "habits",
    [
        CardHabits(),
        CardHabits(person_tags=PERSON_TAGS_OLD, version="1.00", selects_file_with=(0x00,)),
        CardHabits(person_tags=PERSON_TAGS_EXTENSION_LAST, announces_file_control=False),
        CardHabits(person_tags=(0x0D, 0x0A, 0x09, 0x08), asks_for_exact_length=False, name_padding=b" "),
    ],
)
def test_every_citys_card_says_the_same(habits: CardHabits) -> None:
    data = SocialSecurityData("王小明", NUMBER, "A12345678", sex="1", birth_date="19491231")
    card = LabCard(SocialSecurityCard(data, habits=habits))
    assert recognise(card) == Identity(
        DocumentKind.SOCIAL_SECURITY, NUMBER, "A12345678", "王小明", Sex.MALE, "1949-12-31"
    )
    assert VERIFY not in {command[1] for command in card.asked}


@pytest.mark.parametrize(
    "name",
    [
        "䶮",
        "𬱖欢",
        "㛃",
        "阿依古丽·买买提",
        "古丽巴哈尔·阿不都热合曼·吐尔逊江·买买提",
        "Mohammed Abdul Rahman Al Fulan Ibn Rashid",
        "\ue863\U000323b0",
    ],
)
@pytest.mark.parametrize("padding", [b"\0", b" "])
def test_names_come_out_as_they_were_written(name: str, padding: bytes) -> None:
    data = SocialSecurityData(name, NUMBER, "A12345678")
    card = LabCard(SocialSecurityCard(data, habits=CardHabits(name_padding=padding)))
    said = recognise(card)
    assert isinstance(said, Identity)
    # Code points of the private-use area that have a character of their own by now are the codec's to map.
    assert said.name == name.encode("gb18030").decode("gb18030")


def test_a_character_may_begin_in_the_name_and_end_in_its_extension() -> None:
    whole = ("阿" * 14 + "𬱖" + "提").encode("gb18030")
    card = person_with(name=whole[:30], extension=whole[30:].ljust(20, b"\0"))
    assert read_whole(card).name == "阿" * 14 + "𬱖" + "提"


def test_an_ideographic_space_pads_too() -> None:
    assert read_whole(person_with(name="李\u3000龙\u3000\u3000".encode("gb18030"))).name == "李 龙"


def test_what_the_card_does_not_say_comes_from_the_number() -> None:
    said = read_whole(person_with(sex=b"", birth=b"\xff\xff\xff\xff", card_number=b"\xff" * 9))
    assert (said.sex, said.birth_date, said.card_number) == (Sex.FEMALE, "1949-12-31", "")


def test_a_lower_case_check_digit_is_the_same_number() -> None:
    assert read_whole(person_with(number=NUMBER.lower().encode())).id_number == NUMBER


@pytest.mark.parametrize(
    "changes",
    [
        {"number": b"110105194912310021"},
        {"number": b"11010519491231002X1"[:17]},
        {"number": b""},
        {"number": b"1101051949\n231002X"},
        {"number": "１１０１０５１９４".encode("gb18030")},
        {"name": b""},
        {"name": b"   "},
        {"name": b"\0" * 30},
        {"name": b"\x81"},
        {"name": b"\xff\xff\x81"},
        {"name": "李\u202e龙".encode("gb18030")},
        {"name": "李\u200b龙".encode("gb18030")},
        {"name": "李\x1b[2J".encode("gb18030")},
        {"name": "李\t龙".encode("gb18030")},
        {"name": "李\ufffd".encode("gb18030")},
        {"name": b"1234"},
        {"name": b"A" * 31},
        {"extension": b"A" * 21},
        {"sex": b"7"},
        {"sex": b"12"},
        {"birth": bytes.fromhex("19491331")},
        {"birth": bytes.fromhex("1949123A")},
        {"birth": bytes.fromhex("00011231")},
        {"birth": bytes.fromhex("194912")},
        {"card_number": b"A1;DROP"},
        {"card_number": b"A123456789"},
    ],
)
def test_what_no_such_card_may_hold_is_refused(changes: dict[str, bytes]) -> None:
    assert recognise(person_with(**changes)) is Unreadable.GARBAGE


@pytest.mark.parametrize(
    "person",
    [
        [b""],
        [b"\x08"],
        [b"\x08\x12123"],
        [b"\x08\x01123456"],
        [record(0x08, NUMBER.encode()), record(0x08, b"11010519800101001X")],
        [],
    ],
    ids=["empty", "tag alone", "too short", "too long", "twice", "no record"],
)
def test_records_that_are_not_what_they_say_are_refused(person: list[bytes]) -> None:
    assert recognise(RecordCard(person)) is Unreadable.GARBAGE


def test_a_card_that_wants_a_key_first_is_not_recognised_and_gets_no_pin() -> None:
    data = SocialSecurityData("王小明", NUMBER, "A12345678")
    card = LabCard(SocialSecurityCard(data, habits=CardHabits(refuses_person_file=True)))
    assert recognise(card) is Unreadable.NOT_RECOGNISED
    assert VERIFY not in {command[1] for command in card.asked}


def test_a_card_that_never_ends_its_answer_is_stopped() -> None:
    asked: list[bytes] = []

    def endless(command: bytes, /) -> tuple[bytes, int]:
        asked.append(command)
        return b"\0" * 255, 0x61FF

    assert recognise(endless) is Unreadable.GARBAGE
    assert len(asked) <= Limits().parts_of_an_answer


def test_a_card_that_never_accepts_a_length_is_stopped() -> None:
    asked: list[bytes] = []

    def stubborn(command: bytes, /) -> tuple[bytes, int]:
        asked.append(command)
        return b"", 0x6C00 | len(asked)

    assert recognise(stubborn) is Unreadable.NOT_RECOGNISED
    assert len(asked) == 4


def test_an_answer_that_ends_early_is_good_where_it_holds_something() -> None:
    conversation = Conversation(Script("00B2010400>6102", "00C0000002>AABB6282"))
    assert conversation(bytes.fromhex("00B2010400")) == (b"\xaa\xbb", 0x6282)


def test_the_same_command_goes_again_with_the_length_that_the_card_names() -> None:
    script = Script("00B20104>6C10", f"00B2010410>{'00' * 16}9000", "00A4040002EF0500>6C07", "00A4040002EF0507>9000")
    conversation = Conversation(script)
    conversation(bytes.fromhex("00B20104"))
    conversation(bytes.fromhex("00A4040002EF0500"))
    script.assert_finished()


def test_the_atr_only_says_who_is_asked_first() -> None:
    order: list[str] = []

    def asked(name: str) -> Profile:
        return Profile(name, lambda _: order.append(name), atr_hints=(name.encode(),))

    assert recognise(Script(), b"second card", profiles=(asked("first"), asked("second"))) is Unreadable.NOT_RECOGNISED
    assert order == ["second", "first"]


statuses = st.sampled_from([0x9000, 0x6282, 0x6A82, 0x6A83, 0x6982, 0x6110, 0x6C04]) | st.integers(0, 0xFFFF)
honest = st.sampled_from(
    [record(0x08, NUMBER.encode()), record(0x09, "李".encode("gb18030")), record(0x0A, b"1"), record(0x07, b"A1")]
)
answers = st.tuples(honest | st.binary(max_size=300), statuses)


@settings(max_examples=300, deadline=None)
@given(st.lists(answers, min_size=1, max_size=40))
def test_whatever_a_card_answers_it_is_bounded_and_judged(said: list[tuple[bytes, int]]) -> None:
    asked: list[bytes] = []

    def repeating() -> Iterator[tuple[bytes, int]]:
        while True:
            yield from said

    answer = repeating()

    def transmit(command: bytes, /) -> tuple[bytes, int]:
        asked.append(command)
        return next(answer)

    result = recognise(transmit)
    assert len(asked) <= Limits().exchanges
    assert VERIFY not in {command[1] for command in asked}
    if isinstance(result, Identity):
        assert is_resident_number(result.id_number)
        assert not any(unicodedata.category(c) in {"Cc", "Cf"} for c in result.name)
        assert result.name.strip() == result.name != ""
    else:
        assert result in (Unreadable.GARBAGE, Unreadable.NOT_RECOGNISED)


def values_of(tag: int) -> st.SearchStrategy[bytes]:
    return st.binary(max_size=32).map(lambda value: record(tag, value))


@settings(max_examples=300, deadline=None)
@given(st.permutations([0x08, 0x09, 0x4E, 0x0A, 0x0D]), st.data())
def test_any_bytes_in_a_field_give_a_clean_identity_or_a_refusal(tags: list[int], data: st.DataObject) -> None:
    good = {0x08: NUMBER.encode(), 0x09: b"\xc0\xee", 0x4E: b"", 0x0A: b"1", 0x0D: bytes.fromhex("19491231")}
    spoilt = data.draw(st.sampled_from(tags))
    person = [data.draw(values_of(tag)) if tag == spoilt else record(tag, good[tag]) for tag in tags]
    result = recognise(RecordCard(person))
    if isinstance(result, Identity):
        assert result.id_number == NUMBER
        assert not any(unicodedata.category(c) in {"Cc", "Cf"} for c in result.name)
    else:
        assert result is Unreadable.GARBAGE

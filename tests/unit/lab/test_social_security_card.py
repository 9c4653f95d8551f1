"""A virtual social-security card answers as the cards of the cities do."""

from __future__ import annotations

import pytest

from lab.cards.card import PlainCard, PulledOut
from lab.cards.faulty import Garbling, LeavingEarly, NeverContent, NeverDone, with_undecodable_text, without_data
from lab.cards.social_security import (
    APPLICATION,
    PERSON_TAGS_EXTENSION_LAST,
    PERSON_TAGS_OLD,
    CardHabits,
    SocialSecurityCard,
    SocialSecurityData,
    split_name,
)

SELECT_APPLICATION = b"\x00\xa4\x04\x00\x0f" + APPLICATION
SELECT_PERSON = bytes.fromhex("00A4020002EF06")
SELECT_BASIC = bytes.fromhex("00A4020002EF05")
DATA = SocialSecurityData(
    name="王䶮", id_number="330102199003077758", card_number="A1234567X", sex="1", birth_date="19900307"
)


def opened(file: bytes = SELECT_PERSON, habits: CardHabits | None = None) -> SocialSecurityCard:
    card = SocialSecurityCard(DATA, habits=habits)
    card.answer(SELECT_APPLICATION)
    assert card.answer(file) == b"\x90\x00"
    return card


def record(card: SocialSecurityCard, number: int) -> bytes:
    first = card.answer(bytes((0x00, 0xB2, number, 0x04, 0x00)))
    return card.answer(bytes((0x00, 0xB2, number, 0x04, first[1]))) if first[0] == 0x6C else first


def test_the_application_has_the_bytes_that_the_standard_prescribes() -> None:
    assert bytes.fromhex("7378312E7368 2E C9E7BBE1B1A3D5CF") == APPLICATION


def test_selecting_the_application_announces_its_answer_and_hands_it_out_on_demand() -> None:
    card = SocialSecurityCard(DATA)
    announced = card.answer(SELECT_APPLICATION)
    assert announced == b"\x61\x13"
    fetched = card.answer(bytes.fromhex("00C0000013"))
    assert fetched[-2:] == b"\x90\x00"
    assert APPLICATION in fetched


def test_a_record_is_asked_for_again_with_its_exact_length() -> None:
    card = opened()
    assert card.answer(bytes.fromhex("00B2010400")) == b"\x6c\x14"
    assert card.answer(bytes.fromhex("00B2010414")) == b"\x08\x12330102199003077758\x90\x00"


def test_a_record_is_found_by_its_tag() -> None:
    card = opened()
    assert card.answer(bytes.fromhex("00B20D0006")) == bytes.fromhex("0D04 19900307 9000")


def test_a_rare_name_stands_in_four_bytes_padded_with_nul() -> None:
    name = record(opened(), 2)
    assert name[:2] == b"\x09\x1e"
    assert name[2:32].rstrip(b"\0").decode("gb18030") == "王䶮"


def test_a_long_name_goes_on_in_the_extension() -> None:
    name = "阿卜杜热合曼·阿卜杜热依木江·买买提"
    first, rest = split_name(name, has_extension=True)
    assert len(first) <= 30
    assert (first + rest).decode("gb18030") == name
    assert split_name(name, has_extension=False)[1] == b""
    with pytest.raises(ValueError, match="does not fit"):
        split_name(name * 2, has_extension=True)


@pytest.mark.parametrize(("tags", "place_of_extension"), [(PERSON_TAGS_OLD, None), (PERSON_TAGS_EXTENSION_LAST, 7)])
def test_the_order_of_the_records_is_the_citys(tags: tuple[int, ...], place_of_extension: int | None) -> None:
    card = opened(habits=CardHabits(person_tags=tags))
    found = [record(card, number)[0] for number in range(1, len(tags) + 1)]
    assert tuple(found) == tags
    assert record(card, len(tags) + 1) == b"\x6a\x83"
    if place_of_extension:
        assert record(card, place_of_extension)[0] == 0x4E


def test_the_basic_file_has_region_card_number_and_dates() -> None:
    card = opened(SELECT_BASIC)
    assert record(card, 1)[:5] == bytes.fromhex("01 10 330100")
    assert record(card, 7)[2:11] == b"A1234567X"
    assert record(card, 6)[2:6] == bytes.fromhex("20400101")


def test_a_card_may_refuse_one_way_of_selecting_a_file_or_the_file_itself() -> None:
    plain = SocialSecurityCard(DATA, habits=CardHabits(selects_file_with=(0x00,)))
    plain.answer(SELECT_APPLICATION)
    assert plain.answer(SELECT_PERSON) == b"\x6a\x86"
    assert plain.answer(bytes.fromhex("00A4000002EF06")) == b"\x90\x00"
    assert record(opened(habits=CardHabits(refuses_person_file=True)), 1) == b"\x69\x82"


def test_after_a_reset_nothing_is_selected() -> None:
    card = opened()
    card.reset()
    assert record(card, 1) == b"\x69\x86"
    assert card.answer(SELECT_PERSON) == b"\x6a\x82"


def test_a_foreign_card_knows_no_application() -> None:
    assert PlainCard().answer(SELECT_APPLICATION) == b"\x6a\x82"


def test_faults_strike_from_the_command_they_are_set_to() -> None:
    inner = opened()
    garbled = Garbling(inner, with_undecodable_text, from_command=2)
    assert garbled.answer(bytes.fromhex("00B2090020"))[2:-2].rstrip(b"\0").decode("gb18030") == "王䶮"
    with pytest.raises(UnicodeDecodeError):
        garbled.answer(bytes.fromhex("00B2090020"))[2:-2].decode("gb18030")
    assert Garbling(inner, without_data).answer(bytes.fromhex("00B2090020")) == b"\x90\x00"
    leaving = LeavingEarly(inner, at_command=2)
    assert leaving.answer(bytes.fromhex("00B2090020"))[-2:] == b"\x90\x00"
    with pytest.raises(PulledOut):
        leaving.answer(bytes.fromhex("00B2090020"))


def test_a_card_that_is_never_done_never_says_so() -> None:
    endless = NeverDone(opened())
    assert endless.answer(bytes.fromhex("00B2090020"))[-2] == 0x61
    assert endless.answer(bytes.fromhex("00C0000010"))[-2] == 0x61
    picky = NeverContent(opened())
    for length in (0, 1, 0x20, 0xFF):
        refused = picky.answer(bytes((0x00, 0xB2, 0x09, 0x00, length)))
        assert refused[0] == 0x6C
        assert refused[1] not in (0, length)

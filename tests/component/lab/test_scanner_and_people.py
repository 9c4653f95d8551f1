"""The serial scanner on its pseudo-terminal, and the sample people's file."""

from __future__ import annotations

import json
import os
import select
from pathlib import Path

import pytest

from lab.cards.social_security import APPLICATION
from lab.people import BadPeopleFile, read_people
from lab.scanner import VirtualScanner


def read_all(device: int, count: int) -> bytes:
    heard = b""
    while len(heard) < count and select.select([device], [], [], 5)[0]:
        heard += os.read(device, count - len(heard))
    return heard


def test_a_scanned_code_arrives_untouched(scanner: VirtualScanner) -> None:
    device = os.open(scanner.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    scanner.scan("B1011234567890")
    assert read_all(device, 15) == b"B1011234567890\r"
    scanner.send(b"\x03\n\xff")
    assert read_all(device, 3) == b"\x03\n\xff"
    os.close(device)


def test_a_scanner_that_is_plugged_out_and_in_again_is_found_by_its_link(tmp_path: Path) -> None:
    with VirtualScanner(link=tmp_path / "scanner") as scanner:
        device = os.open(scanner.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        scanner.unplug()
        assert not (tmp_path / "scanner").exists()
        with pytest.raises(ValueError, match="not plugged in"):
            scanner.scan("B1")
        assert select.select([device], [], [], 5)[0]
        os.close(device)
        scanner.plug_in()
        device = os.open(scanner.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        scanner.scan("B1")
        assert read_all(device, 3) == b"B1\r"
        os.close(device)


def test_sample_people_become_cards(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    person = {
        "name": "王䶮", "id_number": "330102199003077758", "card_number": "A12345678", "sex": "male",
        "birth_date": "1990-03-07", "phone": "13800000000", "region": "330100", "note": "rare character",
        "bookings": [
            {"hospital_code": "01", "number": "011234567897", "date": "2026-11-22", "time": "09:30",
             "department": "心内科"}
        ],
    }  # fmt: skip
    file.write_text(json.dumps({"people": [person]}, ensure_ascii=False), encoding="utf-8")
    (read,) = read_people(file)
    assert read.bookings[0].number == "011234567897"
    assert "330102" not in repr(read)
    card = read.social_security_card()
    card.answer(b"\x00\xa4\x04\x00\x0f" + APPLICATION)
    card.answer(bytes.fromhex("00A4020002EF06"))
    assert card.answer(bytes.fromhex("00B20A0003")) == b"\x0a\x011\x90\x00"
    assert card.answer(bytes.fromhex("00B20D0006"))[2:6] == bytes.fromhex("19900307")


@pytest.mark.parametrize("content", ["{", "[]", '{"people": {}}', '{"people": [{"name": "x"}]}', '{"people": [1]}'])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "people.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadPeopleFile):
        read_people(file)

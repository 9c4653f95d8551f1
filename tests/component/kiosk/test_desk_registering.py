"""Registering: through the server, or sealed to it at once. Nothing readable stays on the terminal."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from booking.decide import Reason
from booking.people import DocumentKind, mask_name
from booking.wire_acts import PersonDetails, seal_context
from booking.wire_people import PersonRegistered
from kiosk.ports.central import NoAnswer, RefusedThere
from kiosk.ports.desk import FindByCard, NobodyFound, NothingToday
from kiosk.ports.desk_acts import Booked, Registered, RegistrationRefused
from kiosk.sync.identity import seal

HOSPITAL, VISIT = UUID(int=0x100), UUID(int=0x51)
VECTOR = Path(__file__).parents[2] / "data" / "sealed_registration.json"
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
KEY_ID = UUID(int=0x5EA1)


def opened(sealed: str, private_key: X25519PrivateKey, person_id: UUID) -> dict[str, Any]:
    data = base64.b64decode(sealed, validate=True)
    assert data[:1] == b"\x01"
    assert UUID(bytes=data[1:17]) == KEY_ID
    context = seal_context(hospital_id=HOSPITAL, person_id=person_id)
    found: dict[str, Any] = json.loads(SUITE.decrypt(data[17:], private_key, context))
    return found


def test_on_line_the_servers_id_is_theirs(bench: Any, line: Any) -> None:
    theirs = UUID(int=0x7777)
    line.on_act = lambda what, ask: PersonRegistered(person_id=theirs, is_new=False, is_verified=True)
    command = bench.register()
    done = bench.handle(command)
    assert isinstance(done, Registered)
    assert (done.is_confirmed, done.is_verified, done.person.person_id) == (True, True, theirs)
    assert done.person.masked_name == mask_name("诸葛测试")
    ((what, key, ask),) = line.acts
    assert (what, key) == ("register", command.operation_id)
    assert [(it.kind, it.was_read) for it in ask.documents] == [
        (DocumentKind.RESIDENT_ID, True),
        (DocumentKind.SOCIAL_SECURITY, True),
    ]
    assert bench.waits() == []


@pytest.mark.parametrize("has_line", [True, False])
def test_without_an_answer_it_is_sealed_to_the_server(bench: Any, line: Any, has_line: bool) -> None:
    bench.take_seal_key()
    line.online = has_line
    command = bench.register(contact="邻居转告")
    done = bench.handle(command)
    assert isinstance(done, Registered)
    assert (done.is_confirmed, done.is_verified, done.person.person_id) == (False, True, command.person_id)
    act = bench.event("register")
    assert (act.operation_id, act.person_id, act.was_card_read) == (command.operation_id, command.person_id, True)
    details = opened(act.sealed, bench.private_key, command.person_id)
    assert PersonDetails(**details) == PersonDetails(
        name="诸葛测试",
        document="resident_id",
        number="420100196107093376",
        sex="male",
        birthday="1961-07-09",
        phone="13912347788",
        contact="邻居转告",
        card_number="S00000041",
        card_kind="social_security",
    )


def test_a_seal_opens_for_its_person_only(bench: Any, line: Any) -> None:
    bench.take_seal_key()
    line.online = False
    bench.handle(bench.register())
    with pytest.raises(InvalidTag):
        opened(bench.event("register").sealed, bench.private_key, UUID(int=1))


def test_without_a_key_nobody_is_registered_off_line(bench: Any, line: Any) -> None:
    line.online = False
    refused = bench.handle(bench.register())
    assert isinstance(refused, RegistrationRefused)
    assert (refused.reason, refused.flaws) == (Reason.NEEDS_SERVER, ())
    assert bench.waits() == []
    assert isinstance(bench.handle(FindByCard(VISIT, bench.register().identity)), NobodyFound)


def test_a_key_of_another_suite_is_not_used(bench: Any, line: Any, caplog: pytest.LogCaptureFixture) -> None:
    bench.take_seal_key()
    row = bench.mirror.row("seal_key", KEY_ID)
    other = base64.b64encode(b"\x02" + bytes(32)).decode()
    bench.mirror.take_rows((replace(row, ver=2, seal_key=replace(row.seal_key, public_key=other)),))
    line.online = False
    assert bench.handle(bench.register()).reason is Reason.NEEDS_SERVER
    caplog.clear()


def test_the_newest_key_that_counts_is_used(bench: Any, line: Any, clock: Any) -> None:
    bench.take_seal_key()
    row = bench.mirror.row("seal_key", KEY_ID)
    for no, from_ms in ((1, clock.now_ms() - 1), (2, clock.now_ms() + 1)):
        key = replace(row.seal_key, id=UUID(int=no), from_ms=from_ms)
        bench.mirror.take_rows((replace(row, id=str(key.id), seal_key=key),))
    line.online = False
    bench.handle(bench.register())
    assert UUID(bytes=base64.b64decode(bench.event("register").sealed)[1:17]) == UUID(int=1)


def test_who_registered_here_is_found_and_books_at_once(bench: Any, line: Any) -> None:
    bench.take_seal_key()
    line.online = False
    done = bench.handle(bench.register())
    found = bench.handle(FindByCard(VISIT, bench.register().identity))
    assert isinstance(found, NothingToday)
    assert found.person == done.person
    booked = bench.handle(bench.book(found.person))
    assert isinstance(booked, Booked)
    assert "profile" not in {it.value for it in booked.assumed}
    waiting = {one.event.kind: one for one in bench.outbox.waiting()}
    assert waiting["book"].after == (waiting["register"].operation_id,)
    assert bench.event("book").person_id == bench.event("register").person_id


def test_registering_twice_is_one_person(bench: Any, line: Any) -> None:
    bench.take_seal_key()
    line.online = False
    first, again = bench.handle(bench.register()), bench.handle(bench.register())
    assert again.person == first.person
    assert bench.waits() == ["register"]


def test_another_card_of_the_same_person_finds_them_too(bench: Any, line: Any) -> None:
    theirs = UUID(int=0x7777)
    line.on_act = lambda what, ask: PersonRegistered(person_id=theirs, is_new=False, is_verified=True)
    card = bench.register().identity
    passport = replace(card, kind=DocumentKind.PASSPORT, id_number="", card_number="E12345678")
    assert bench.handle(bench.register(card)).person.person_id == theirs
    assert bench.handle(bench.register(passport)).person.person_id == theirs
    line.online = False
    for shown in (card, passport):
        found = bench.handle(FindByCard(VISIT, shown))
        assert isinstance(found, NothingToday)
        assert found.person.person_id == theirs


def test_somebody_elses_document_is_not_theirs(bench: Any, line: Any) -> None:
    bench.take_seal_key()
    line.online = False
    bench.handle(bench.register())
    other = replace(bench.register().identity, name="另一人")
    refused = bench.handle(bench.register(other, is_card_read=False))
    assert isinstance(refused, RegistrationRefused)
    assert refused.flaws == ("other_name",)
    assert bench.waits() == ["register"]


def test_what_is_wrong_is_told_at_once_and_asks_nobody(bench: Any, line: Any) -> None:
    command = bench.register(phone="")
    refused = bench.handle(replace(command, identity=replace(command.identity, name=" ", id_number="123")))
    assert isinstance(refused, RegistrationRefused)
    assert refused.flaws == ("name_missing", "document_wrong", "contact_missing")
    assert line.acts == []


def test_what_the_server_finds_wrong_is_told(bench: Any, line: Any, ward: Any) -> None:
    no = RefusedThere("other_name", {"items": "other_name,document_ended"}, ward.zh("证件与姓名不符。"))
    line.on_act = lambda what, ask: no
    refused = bench.handle(bench.register())
    assert refused.flaws == ("other_name", "document_ended")
    assert refused.sentence == ward.zh("证件与姓名不符。")


def test_typed_details_are_not_verified(bench: Any, line: Any) -> None:
    bench.take_seal_key()
    line.online = False
    typed = replace(bench.register().identity, kind=DocumentKind.RESIDENT_ID, card_number="")
    done = bench.handle(bench.register(typed, is_card_read=False))
    assert done.is_verified is False
    assert bench.event("register").was_card_read is False


def test_nothing_readable_stays(
    bench: Any, line: Any, store: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bench.take_seal_key()
    line.on_act = lambda what, ask: NoAnswer("slow")
    command = bench.register()
    done = bench.handle(command)
    booked = bench.handle(bench.book(done.person))
    assert isinstance(booked, Booked)
    secrets = ("诸葛测试", "420100196107093376", "S00000041", "13912347788", booked.number)
    spoken = repr(command) + repr(done) + repr(booked) + repr(line.acts) + caplog.text
    assert [it for it in secrets if it in spoken] == []
    with store.engine.connect() as connection:  # the whole store, as whoever has its key reads it
        tables = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        plain = str([connection.execute(sa.text(f'SELECT * FROM "{it}"')).all() for it in tables])
    assert [it for it in secrets[:4] if it in plain] == []
    files = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("store.db*"))
    assert [it for it in secrets if it.encode() in files] == []


def test_the_seal_is_the_one_that_the_server_opens() -> None:
    vector = json.loads(VECTOR.read_text("utf-8"))
    person_id, key_id = UUID(vector["person_id"]), UUID(vector["key_id"])
    context = seal_context(hospital_id=UUID(vector["hospital_id"]), person_id=person_id)
    private = X25519PrivateKey.from_private_bytes(base64.b64decode(vector["private_key"]))
    message = json.dumps(vector["details"], ensure_ascii=False).encode()
    ours = seal(message, public_key=vector["public_key"], key_id=key_id, context=context)
    for sealed in (vector["sealed"], ours):
        data = base64.b64decode(sealed)
        assert (data[0], UUID(bytes=data[1:17])) == (1, key_id)
        assert json.loads(SUITE.decrypt(data[17:], private, context)) == vector["details"]

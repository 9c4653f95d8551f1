"""Seals, hashes and signatures."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from booking.people import DocumentKind
from booking.wire import CheckQuestion
from booking.wire_acts import seal_context
from central.keys import (
    ColumnSeal,
    LookupHash,
    WrongKey,
    is_public_key,
    is_signed,
    new_keys,
    new_seal_pair,
    normalise_code,
    open_sealed,
    sealed_to,
)

ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
SEAL = ColumnSeal(key_id=1, by_id={1: bytes(32)})


def test_a_sealed_value_opens_in_its_place_only() -> None:
    sealed = SEAL.seal("欧阳䶮", table="person", column="name_sealed", row=ROW)
    assert sealed[:2] == b"\x01\x01"
    assert "欧阳䶮".encode() not in sealed
    assert SEAL.open(sealed, table="person", column="name_sealed", row=ROW) == "欧阳䶮"
    for place in (
        {"table": "person", "column": "phone_sealed", "row": ROW},
        {"table": "booking", "column": "name_sealed", "row": ROW},
        {"table": "person", "column": "name_sealed", "row": OTHER_ROW},
    ):
        with pytest.raises(WrongKey):
            SEAL.open(sealed, **place)


def test_every_changed_byte_is_noticed() -> None:
    sealed = SEAL.seal("1", table="t", column="c", row=ROW)
    for at in range(len(sealed)):
        bent = sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]
        with pytest.raises(WrongKey):
            SEAL.open(bent, table="t", column="c", row=ROW)
    for short in (b"", sealed[:1], sealed[:14], sealed[:-1]):
        with pytest.raises(WrongKey):
            SEAL.open(short, table="t", column="c", row=ROW)


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert len({SEAL.seal("1", table="t", column="c", row=ROW) for _ in range(50)}) == 50


def test_old_keys_still_open_while_a_new_one_seals() -> None:
    sealed = SEAL.seal("old", table="t", column="c", row=ROW)
    both = ColumnSeal(key_id=2, by_id={1: bytes(32), 2: bytes([7]) * 32})
    assert both.open(sealed, table="t", column="c", row=ROW) == "old"
    assert both.seal("new", table="t", column="c", row=ROW)[1] == 2


def test_hashes_are_what_the_wire_says() -> None:
    lookup = LookupHash(bytes(range(32)))
    number = lookup.credential(kind=DocumentKind.RESIDENT_ID, number="420100199001011234")
    assert (len(number), number[0]) == (17, 1)
    assert number != lookup.credential(kind=DocumentKind.PASSPORT, number="420100199001011234")
    assert number != LookupHash(bytes(32)).credential(kind=DocumentKind.RESIDENT_ID, number="420100199001011234")
    assert (
        lookup.booking("011234567895").hex() == "010c6a917a6f1dca4df937eea36fa1591f"
    )  # HMAC-SHA-256 of b"booking\\n011234567895"
    assert len(lookup.check(number="011234567895", question=CheckQuestion.PHONE, answer="0042")) == 2


def test_signatures_of_this_key_over_this_message_only() -> None:
    key = Ed25519PrivateKey.generate()
    public = b"\x01" + key.public_key().public_bytes_raw()
    signature = b"\x01" + key.sign(b"message")
    assert is_signed(public_key=public, signature=signature, message=b"message")
    assert not is_signed(public_key=public, signature=signature, message=b"massage")
    assert not is_signed(public_key=public, signature=b"\x02" + signature[1:], message=b"message")
    assert not is_signed(public_key=public, signature=signature[:-1], message=b"message")
    assert not is_signed(public_key=b"", signature=b"", message=b"")
    assert [is_public_key(it) for it in (public, public[1:], b"\x02" + public[1:])] == [True, False, False]


def test_codes_are_read_as_people_write_them() -> None:
    assert normalise_code(" abcd-EFGH 2345\n") == "ABCDEFGH2345"
    keys = new_keys(UUID(int=0))
    assert keys.code_hash("abcd efgh") == keys.code_hash("ABCD-EFGH")


def test_keys_do_not_show_themselves() -> None:
    keys = new_keys(UUID(int=0))
    shown = repr(keys) + repr(keys.lookup(UUID(int=0)))
    assert repr(keys.code_key) not in shown
    assert repr(keys.seal.by_id[1]) not in shown


def test_a_registration_as_terminals_write_it_opens_in_its_place_only() -> None:
    """The same file is read where terminals are tested."""
    vector = json.loads((Path(__file__).parents[2] / "data" / "sealed_registration.json").read_text(encoding="utf-8"))
    hospital_id, person_id = UUID(vector["hospital_id"]), UUID(vector["person_id"])
    sealed, private_key = base64.b64decode(vector["sealed"]), vector["private_key"]
    assert sealed_to(sealed) == UUID(vector["key_id"])
    context = seal_context(hospital_id=hospital_id, person_id=person_id)
    assert json.loads(open_sealed(sealed, private_key=private_key, context=context)) == vector["details"]
    other = seal_context(hospital_id=hospital_id, person_id=hospital_id)
    for bent, where in ((sealed, other), (sealed[:-1], context), (b"\x02" + sealed[1:], context), (b"", context)):
        with pytest.raises(WrongKey):
            open_sealed(bent, private_key=private_key, context=where)


def test_a_new_pair_opens_what_was_sealed_to_it() -> None:
    pair, context = new_seal_pair(), b"here"
    public = X25519PublicKey.from_public_bytes(pair.public_key[1:])
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    sealed = b"\x01" + ROW.bytes + suite.encrypt(b"told", public, context)
    assert open_sealed(sealed, private_key=pair.private_key, context=context) == b"told"
    assert pair.private_key not in repr(pair)

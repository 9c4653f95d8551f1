"""The server's keys and what is done with them. The only importer of `cryptography` in the server.

Every seal, hash and signature begins with a suite byte; suite 1 is HMAC-SHA-256, AES-256-GCM, Ed25519, and for what
terminals seal to the server HPKE (RFC 9180) with X25519, HKDF-SHA-256 and AES-256-GCM. Nothing here knows what the
values mean, and nothing here is ever logged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from booking import signing, wire
from booking.people import DocumentKind

KEY_FILE = "keys.json"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SEAL_HEAD = 2
_SIGNATURE_BYTES = 64
_KEY_ID_BYTES = 16
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class WrongKey(Exception):
    """A sealed value does not open: another key, another row, or changed bytes."""


class UnreadableKeyFile(Exception):
    """The key file is missing, open to others, or not one of ours."""


@dataclass(frozen=True, slots=True)
class ColumnSeal:
    """Seals one value of one column of one row: suite byte, key id, nonce, AES-256-GCM.

    Table, column and row id are bound in, so that a sealed value moved elsewhere does not open.
    """

    key_id: int
    by_id: dict[int, bytes] = field(repr=False)

    def seal(self, value: str, *, table: str, column: str, row: UUID) -> bytes:
        """The sealed bytes for a text."""
        head = bytes((signing.SUITE_1, self.key_id))
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.by_id[self.key_id]).encrypt(nonce, value.encode(), _bound(head, table, column, row))
        return head + nonce + sealed

    def open(self, sealed: bytes, *, table: str, column: str, row: UUID) -> str:
        """The text again. Raises WrongKey."""
        head, nonce, body = sealed[:_SEAL_HEAD], sealed[_SEAL_HEAD : _SEAL_HEAD + _NONCE_BYTES], sealed[_SEAL_HEAD:]
        if len(head) < _SEAL_HEAD or head[0] != signing.SUITE_1 or head[1] not in self.by_id:
            raise WrongKey
        try:
            return (
                AESGCM(self.by_id[head[1]])
                .decrypt(nonce, body[_NONCE_BYTES:], _bound(head, table, column, row))
                .decode()
            )
        except (InvalidTag, ValueError) as error:
            raise WrongKey from error


def _bound(head: bytes, table: str, column: str, row: UUID) -> bytes:
    return head + f"{table}\n{column}\n{row}".encode()


@dataclass(frozen=True, slots=True)
class LookupHash:
    """A group's keyed hashes: equal values can be found, and no value can be read."""

    key: bytes = field(repr=False)

    def credential(self, *, kind: DocumentKind, number: str) -> bytes:
        """Of a document's or card's normalised number."""
        return self.of(wire.lookup_message(kind=kind.value, number=number))

    def booking(self, number: str) -> bytes:
        """Of a booking's twelve digits."""
        return self.of(wire.booking_lookup_message(number))

    def check(self, *, number: str, question: wire.CheckQuestion, answer: str) -> bytes:
        """The two bytes that check the second question to a typed number."""
        message = wire.check_message(number=number, question=question, answer=answer)
        return hmac.digest(self.key, message, hashlib.sha256)[: wire.CHECK_VALUE_BYTES]

    def of(self, message: bytes) -> bytes:
        """The suite byte and sixteen bytes."""
        return bytes((signing.SUITE_1,)) + hmac.digest(self.key, message, hashlib.sha256)[: wire.LOOKUP_HASH_BYTES]


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of one server."""

    seal: ColumnSeal
    code_key: bytes = field(repr=False)
    lookup_keys: dict[UUID, bytes] = field(repr=False)
    """By group."""

    def lookup(self, group_id: UUID) -> LookupHash:
        """The hashes of a group."""
        return LookupHash(self.lookup_keys[group_id])

    def token_hash(self, token: str) -> bytes:
        """Of a channel client's token."""
        return LookupHash(self.code_key).of(b"channel-token\n" + token.encode("utf-8", "replace"))

    def code_hash(self, code: str) -> bytes:
        """Of an enrolment code, however it was typed."""
        return LookupHash(self.code_key).of(b"enrolment-code\n" + normalise_code(code).encode())


def normalise_code(code: str) -> str:
    """An enrolment code without the spaces and hyphens of its groups, in capitals."""
    return "".join(code.split()).replace("-", "").upper()


def new_keys(group_id: UUID) -> Keys:
    """Fresh keys for a new server with one group."""
    return Keys(
        seal=ColumnSeal(key_id=1, by_id={1: secrets.token_bytes(_KEY_BYTES)}),
        code_key=secrets.token_bytes(_KEY_BYTES),
        lookup_keys={group_id: secrets.token_bytes(_KEY_BYTES)},
    )


def write_keys(path: Path, keys: Keys) -> None:
    """Make the key file, for the owner only. Raises FileExistsError: a key file is never replaced."""
    body = {
        "v": 1,
        "seal_key_id": keys.seal.key_id,
        "seal": {str(number): _text(key) for number, key in keys.seal.by_id.items()},
        "code": _text(keys.code_key),
        "lookup": {str(group): _text(key) for group, key in keys.lookup_keys.items()},
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())


def read_keys(path: Path) -> Keys:
    """The keys of a server. Raises UnreadableKeyFile."""
    try:
        if path.stat().st_mode & 0o077:
            raise UnreadableKeyFile("the key file is open to others: chmod 600")
        body = json.loads(path.read_text(encoding="ascii"))
        return Keys(
            seal=ColumnSeal(
                key_id=int(body["seal_key_id"]),
                by_id={int(number): _bytes(key) for number, key in body["seal"].items()},
            ),
            code_key=_bytes(body["code"]),
            lookup_keys={UUID(group): _bytes(key) for group, key in body["lookup"].items()},
        )
    except FileNotFoundError as error:
        raise UnreadableKeyFile("there is no key file: run `central init`") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableKeyFile("the key file is damaged") from error


def is_public_key(key: bytes) -> bool:
    """Whether these bytes are a suite byte and a public key of that suite."""
    if len(key) != 1 + _KEY_BYTES or key[0] != signing.SUITE_1:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key[1:])
    except ValueError:
        return False
    return True


def is_signed(*, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature (with its suite byte) over the message was made with this key (with its suite byte)."""
    if not is_public_key(public_key) or len(signature) != 1 + _SIGNATURE_BYTES or signature[0] != public_key[0]:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key[1:]).verify(signature[1:], message)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class SealPair:
    """A key that terminals seal to, and the one that opens it again."""

    public_key: bytes
    """With its suite byte."""
    private_key: str = field(repr=False)
    """base64."""


def new_seal_pair() -> SealPair:
    """A fresh pair."""
    private = X25519PrivateKey.generate()
    public_key = bytes((signing.SUITE_1,)) + private.public_key().public_bytes_raw()
    return SealPair(public_key, _text(private.private_bytes_raw()))


def sealed_to(sealed: bytes) -> UUID:
    """The id of the key that something was sealed to. Raises WrongKey."""
    if len(sealed) <= 1 + _KEY_ID_BYTES or sealed[0] != signing.SUITE_1:
        raise WrongKey
    return UUID(bytes=sealed[1 : 1 + _KEY_ID_BYTES])


def open_sealed(sealed: bytes, *, private_key: str, context: bytes) -> bytes:
    """What was sealed: suite byte, the key's id, HPKE with the context as `info`. Raises WrongKey."""
    sealed_to(sealed)
    try:
        private = X25519PrivateKey.from_private_bytes(_bytes(private_key))
        return _HPKE.decrypt(sealed[1 + _KEY_ID_BYTES :], private, context)
    except (InvalidTag, ValueError) as error:
        raise WrongKey from error


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

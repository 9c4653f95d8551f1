"""Who the terminal is to the server: its Ed25519 key, the numbers of its requests, and their signatures.

The only module of the synchronisation that knows `cryptography`. The private key is made here, kept by the store, and
never leaves the terminal. The boot number is committed before the first request that carries it.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from booking.signing import HEADER_BOOT, HEADER_COUNT, HEADER_SIGNATURE, HEADER_TERMINAL, SUITE_1, signing_input


def make_private_key() -> bytes:
    """A fresh key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def is_signed(*, public_key: str, signature: bytes, message: bytes) -> bool:
    """Whether this key (as `wire.EnrolRequest` carries it) made the 64 bytes of this signature over the message."""
    try:
        key = base64.b64decode(public_key, validate=True)
        if key[:1] != bytes((SUITE_1,)):
            return False
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def seal(message: bytes, *, public_key: str, key_id: UUID, context: bytes) -> str:
    """What only the server can read: base64 of suite byte, the key's id, and HPKE with the context as `info`.

    Raises ValueError for a key that is none, or of a suite that this release does not know.
    """
    key = base64.b64decode(public_key, validate=True)
    if key[:1] != bytes((SUITE_1,)):
        raise ValueError("a key of another suite")
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    return _with_suite(key_id.bytes + suite.encrypt(message, X25519PublicKey.from_public_bytes(key[1:]), context))


class Identity:
    """The terminal's key."""

    def __init__(self, private_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)

    def public_key(self) -> str:
        """As `wire.EnrolRequest` carries it."""
        return _with_suite(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of a signature."""
        return self._key.sign(message)


class Counter:
    """The boot number and the running number within it. For any thread."""

    def __init__(self, raise_boot: Callable[[], int]) -> None:
        self._raise_boot = raise_boot
        self._lock = threading.Lock()
        self._boot = 0
        self._count = 0

    def take(self) -> tuple[int, int]:
        """Boot and number of the next request; the first one raises the boot number. Raises StoreFault."""
        with self._lock:
            if self._boot == 0:
                self._boot = self._raise_boot()
            self._count += 1
            return self._boot, self._count

    def raise_from(self, stale_boot: int) -> None:
        """The server calls this boot number stale: raise it, unless another request has done so. Raises StoreFault."""
        with self._lock:
            if self._boot == stale_boot:
                self._boot = self._raise_boot()
                self._count = 0


class Signer:
    """Makes the headers of signed requests."""

    def __init__(self, terminal_id: UUID, identity: Identity, counter: Counter) -> None:
        self._terminal_id = terminal_id
        self._identity = identity
        self.counter = counter

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The headers for one sending: a repeat needs new ones."""
        boot, count = self.counter.take()
        message = signing_input(
            method=method,
            target=target,
            body_digest=hashlib.sha256(body).digest(),
            terminal_id=self._terminal_id,
            boot=boot,
            count=count,
        )
        return {
            HEADER_TERMINAL: str(self._terminal_id),
            HEADER_BOOT: str(boot),
            HEADER_COUNT: str(count),
            HEADER_SIGNATURE: _with_suite(self._identity.sign(message)),
        }


def _with_suite(data: bytes) -> str:
    return base64.b64encode(bytes((SUITE_1,)) + data).decode("ascii")

"""What of a person is sealed, hashed and masked, and how. All that is personal enters a row through here.  # rule A4"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.people import DocumentKind, clean_name, day_of, mask_name
from central.keys import Keys, LookupHash

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GroupKeys:
    """The keys, used for one group."""

    group_id: UUID
    keys: Keys

    @property
    def lookup(self) -> LookupHash:
        """The group's hashes."""
        return self.keys.lookup(self.group_id)

    def name_hash(self, name: str) -> bytes:
        """What finds a person by the full name: width, case and spaces do not matter."""
        plain = unicodedata.normalize("NFKC", clean_name(name)).casefold()
        return self.lookup.of(f"name\n{plain}".encode())

    def phone_hash(self, phone: str) -> bytes:
        """What finds a person by the mobile number, as `read_mobile` gives it."""
        return self.lookup.of(f"phone\n{phone}".encode())

    def name_columns(self, person_id: UUID, name: str) -> Values:
        """A name, cleaned already."""
        return {
            "name_sealed": self._seal("name_sealed", person_id, name),
            "name_hash": self.name_hash(name),
            "masked_name": mask_name(name),
        }

    def birth_columns(self, person_id: UUID, birth_date: str) -> Values:
        """A day of birth, `YYYY-MM-DD`; empty where nobody knows it."""
        day = day_of(birth_date)
        return {
            "birth_sealed": self._seal("birth_sealed", person_id, birth_date) if day else None,
            "birth_year": day.year if day else 0,
        }

    def phone_columns(self, person_id: UUID, phone: str) -> Values:
        """A mobile number, as `read_mobile` gives it; empty for none."""
        return {
            "phone_sealed": self._seal("phone_sealed", person_id, phone) if phone else None,
            "phone_hash": self.phone_hash(phone) if phone else None,
        }

    def contact_columns(self, person_id: UUID, contact: str) -> Values:
        """Another way to reach somebody."""
        return {"contact_sealed": self._seal("contact_sealed", person_id, contact) if contact else None}

    def credential_columns(self, credential_id: UUID, kind: DocumentKind, number: str) -> Values:
        """A document or card with its normalised number."""
        return {
            "kind": kind.value,
            "number_sealed": self.keys.seal.seal(number, table="credential", column="number_sealed", row=credential_id),
            "number_hash": self.lookup.credential(kind=kind, number=number),
        }

    def open_person(self, row: sa.Row[Any]) -> InTheClear:
        """What a row of `person` says."""
        return InTheClear(
            name=self._open("name_sealed", row),
            birth_date=self._open("birth_sealed", row),
            phone=self._open("phone_sealed", row),
            contact=self._open("contact_sealed", row),
        )

    def _seal(self, column: str, person_id: UUID, value: str) -> bytes:
        return self.keys.seal.seal(value, table="person", column=column, row=person_id)

    def _open(self, column: str, row: sa.Row[Any]) -> str:
        sealed = getattr(row, column)
        if sealed is None:
            return ""
        return self.keys.seal.open(sealed, table="person", column=column, row=row.person_id)


@dataclass(frozen=True, slots=True)
class InTheClear:
    """A person's own data, while they are needed; the repr shows none of it."""

    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    phone: str = field(repr=False)
    contact: str = field(repr=False)

    @property
    def birth(self) -> date | None:
        """The day of birth, where it is known."""
        return day_of(self.birth_date)

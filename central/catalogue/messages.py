"""What a hospital's editors send. A field that is left out, or null, stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from booking.localized import LocalizedText

NOTHING = LocalizedText()


@dataclass(frozen=True, slots=True)
class OrderDepartments:
    """All departments that are shown, in the order in which they are."""

    department_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class EditDepartment:
    """`mark` is `key`, `speciality`, or empty for none."""

    mark: str | None = None
    is_bookable: bool | None = None
    introduction: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class EditDoctor:
    """What is shown of a doctor, and whether they can be booked."""

    is_bookable: bool | None = None
    speciality: LocalizedText | None = None
    introduction: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class PutService:
    """A service as a whole. `kind` is a `roster.plans.ClinicKind`."""

    kind: str
    name: LocalizedText
    department_id: UUID | None = None
    bring: LocalizedText = NOTHING
    prepare: LocalizedText = NOTHING
    duration_min: int = 0
    fee_cents: int = 0
    is_fasting: bool = False
    needs_order: bool = False
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class PutNotice:
    """A notice as a whole. `kind` is `notes`, `steps`, `channels`, `fees`, `complaints`, `rule_change` or `news`."""

    kind: str
    title: LocalizedText
    body: LocalizedText
    from_ms: int
    until_ms: int | None = None
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class PutCalendarDay:
    """A public holiday (`holiday`), a make-up workday (`make_up`, serving as a weekday, 0 is Monday), or an ordinary
    day again (`ordinary`).
    """

    kind: str
    name: LocalizedText = NOTHING
    serves_as: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmSitting:
    """Whether a session really sits, as its department says."""

    sits: bool
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class Edited:
    """It is so now. `ver` is the version that terminals will follow."""

    id: str
    ver: int

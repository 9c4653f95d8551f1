"""What the invented hospitals are made of."""

from __future__ import annotations

from dataclasses import dataclass

from booking.roster.plans import ClinicKind, Rank

Two = tuple[str, str]
"""A text in Chinese and in English."""

TIME_ZONE = "Asia/Shanghai"
CHIEF: Two = ("主任医师", "Chief physician")
DEPUTY: Two = ("副主任医师", "Associate chief physician")
ATTENDING: Two = ("主治医师", "Attending physician")
_RANKS = {CHIEF: Rank.CHIEF, DEPUTY: Rank.ASSOCIATE_CHIEF, ATTENDING: Rank.ATTENDING}
_FEES = {CHIEF: 5_000, DEPUTY: 3_000, ATTENDING: 1_500}


@dataclass(frozen=True, slots=True)
class SampleDoctor:
    """A doctor and their title."""

    name: Two
    title: Two

    @property
    def rank(self) -> Rank:
        """The rank that goes with the title."""
        return _RANKS[self.title]

    @property
    def fee_cents(self) -> int:
        """The registration fee."""
        return _FEES[self.title]

    @property
    def kind(self) -> ClinicKind:
        """What their clinics are: chief physicians hold expert clinics.  # rule C9"""
        return ClinicKind.EXPERT if self.title is CHIEF else ClinicKind.GENERAL


@dataclass(frozen=True, slots=True)
class Where:
    """A part of a building, and its rooms."""

    building: Two
    floor: Two
    area: Two
    rooms: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDepartment:
    """A department, its first doctors, and where it sees patients."""

    name: Two
    pinyin: str
    where: Where
    about: Two
    """The middle of its introduction: what it treats."""
    doctors: tuple[SampleDoctor, ...] = ()
    specialities: tuple[Two, ...] = ()
    mark: str | None = None
    is_sensitive: bool = False
    is_round_the_clock: bool = False
    kind: ClinicKind | None = None
    """Set where there are rooms or a desk instead of doctors: ultrasound, radiology, blood draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleService:
    """An examination with its one-time notice.  # rule D10"""

    code: str
    kind: ClinicKind
    name: Two
    bring: Two
    prepare: Two | None
    duration_min: int
    fee_cents: int
    is_fasting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleNotice:
    """An announcement or a page of information.  # rule C13"""

    kind: str
    title: Two
    body: Two


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleHospital:
    """A hospital with its two-digit code, and its own file of settings."""

    code: str
    name: Two
    address: Two
    phone: str
    introduction: Two
    settings: str
    departments: tuple[SampleDepartment, ...]
    services: tuple[SampleService, ...]
    notices: tuple[SampleNotice, ...]

"""Of what the corpus's cases are made: policies, people, places, instants at the edges. Seeded: always the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from booking.decide.clock import MINUTE_MS, days_on, instant, minute_of_day
from booking.decide.given import (
    CHINA,
    Acting,
    BookingFacts,
    Free,
    Grant,
    Held,
    Person,
    Place,
    PlaceFacts,
    SessionNow,
    Standing,
    Waiting,
)
from booking.decide.when import cut_off_ms, released_ms
from booking.facts import Known
from booking.people import DocumentKind
from booking.policy import Policy, PriorityGroup
from booking.policy.parse import parse
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.roster.plans import ClinicKind

One = TypeVar("One")
BERLIN = ZoneInfo("Europe/Berlin")
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        *("2027-03-17", "2027-03-20", "2027-01-31", "2027-02-01", "2027-03-01", "2027-12-31", "2028-01-01"),
        *("2028-02-28", "2028-02-29", "2028-03-01", "2027-03-28", "2027-10-31", "2027-05-01", "2027-09-30"),
    )
)
"""An ordinary day, a weekend, ends of months and years, a leap day, two changes of European summer time, a holiday."""
STARTS = (0, 5, 450, 480, 570, 629, 630, 719, 720, 840, 1000, 1430)
"""Minutes of the day at which places begin, some of them where a rule's day or morning ends."""
DEPARTMENTS = ("", "surgery", "eyes")
_SETTINGS: dict[str, str] = {
    "general, requeue": '[check_in]\nlate = "requeue"\nearly = "listed"\n[people]\nguardian_may_act = false',
    "general, strict people": '[people]\nunverified_may_book = false\naccepted_documents = ["resident_id", "passport"]',
    "general, confirm": '[confirmation]\nby = "patient"\nwithin_min = 120\n[cancelling]\nafterwards = "refused"',
    "general, prepaid": '[payment]\nprepayment = "required"\n[missing]\ncall_list = true\n[changing]\nmost = 1',
    "general, screened": "[screening]\non = true\nasks_companion = false\nvalid_min = 60\n"
    "[walk_in]\nends_before_min = 30",
    "general, channels": "[channels.web]\non = false\n[channels.app]\nmay_book = false\nmay_cancel = false\n"
    '[channels.kiosk]\nmay_change = false\nmay_walk_in = false\n[channels.phone]\nopens = "20:00"\ncloses = "06:00"',
    "slotted, assuming": "[unknown]\n"
    + "\n".join(
        f'{name} = "assume"'
        for name in (
            *("profile", "bookings", "standing", "free_places", "order", "turn", "screening"),
            *("changes", "booking_state", "session", "waiting"),
        )
    ),
    "service-hall, assuming": '[unknown]\nscreening = "assume"\norder = "assume"\nprofile = "assume"',
    "examinations, strict": "[orders]\non_the_spot_on_rest_days = false\n[requests]\non = false",
    "trust-points, confirm": '[confirmation]\nby = "patient"\nwithin_min = 60\n'
    '[roster.release]\nopens = { days_before = 3, at = "08:30" }',
    "trust-points, requests": "[requests]\nreview_min = 60\n[off_hours]\non = true\n"
    "[add_on]\nexemptions_per_session = 2",
    "slotted, no list": "[waiting_list]\non = false\n[walk_in]\non = false\n"
    '[check_in]\nbooking_state_unknown = "refuse"',
}
"""What no preset has by itself: the preset before the comma, overridden."""


def policy_texts(presets: Path) -> dict[str, str]:
    """Each policy of the corpus as a hospital's file: every preset, and the overridden ones."""
    names = sorted(path.stem for path in presets.glob("*.toml") if not path.name.endswith(".examples.toml"))
    texts = {name: f'preset = "{name}"\n' for name in names}
    return texts | {name: f'preset = "{name.split(",")[0]}"\n{text}\n' for name, text in _SETTINGS.items()}


def read_policies(texts: Mapping[str, str], presets: Path) -> dict[str, Policy]:
    """The policies of these files. Raises ValueError where one does not parse."""
    known = {path.stem: path.read_text(encoding="utf-8") for path in sorted(presets.glob("*.toml"))}
    policies = {}
    for name, text in texts.items():
        parsed = parse(text, known)
        match parsed:
            case Policy():
                policies[name] = parsed
            case problems:
                raise ValueError(f"{name}: {problems}")
    return policies


@dataclass(frozen=True, slots=True)
class World:
    """One rule's dice, and the policies; every draw is a plausible one."""

    dice: Random
    policies: Mapping[str, Policy]

    def policy(self, *names: str) -> str:
        """Any policy, or one of these."""
        return self.dice.choice(names or tuple(self.policies))

    def any_of(self, *values: Any) -> Any:  # noqa: ANN401 - commands of several kinds
        """One of these, whatever they are."""
        return self.dice.choice(values)

    def one(self, *values: One) -> One:
        """One of these."""
        return self.dice.choice(values)

    def seldom(self, value: Any, otherwise: Any, *, of: int = 4) -> Any:  # noqa: ANN401 - as `one`
        """The value once in so many times."""
        return value if self.maybe(of=of) else otherwise

    def maybe(self, *, of: int = 4) -> bool:
        """Yes, once in so many times."""
        return self.dice.randrange(of) == 0

    def edge(self, at_ms: int) -> int:
        """At this instant or beside it: a millisecond, a minute, now and then hours."""
        return at_ms + self.one(-MINUTE_MS, -1, -1, 0, 0, 1, 1, MINUTE_MS, -180 * MINUTE_MS, 180 * MINUTE_MS)

    def channel(self, *others: Channel) -> Channel:
        """Any channel, mostly a terminal, the web or the phone."""
        return self.one(Channel.KIOSK, Channel.WEB, Channel.PHONE, *(others or tuple(Channel)))

    def awake(self, name: str, at_ms: int, zone: tzinfo = CHINA) -> Channel:
        """Mostly a channel that books at this hour."""
        minute, channels = minute_of_day(at_ms, zone), self.policies[name].channels
        rights = {it: channels.of(it) for it in Channel}
        fitting = tuple(it for it, of in rights.items() if of.on and of.may_book and of.opens <= minute < of.closes)
        return self.one(*Channel) if self.maybe(of=8) or not fitting else self.dice.choice(fitting)

    def place(self, name: str, **changes: Any) -> Place:  # noqa: ANN401 - any field of a place
        """A place of a session that may have others behind it."""
        policy = self.policies[name]
        day, minute = self.one(*DAYS), self.one(*STARTS[2:], *STARTS)
        starts_ms = instant(day, minute, changes.pop("zone", CHINA))
        ends_ms = starts_ms + policy.roster.slots.length_min * MINUTE_MS
        place = Place(
            day,
            starts_ms,
            ends_ms,
            department=self.one(*DEPARTMENTS),
            session_ends_ms=self.one(None, ends_ms, ends_ms + 120 * MINUTE_MS),
            is_working_day=day.weekday() < 5,
        )
        return replace(place, **changes)

    def zone(self) -> tzinfo:
        """China's, now and then one with summer time."""
        return BERLIN if self.maybe() else CHINA

    def open_ms(self, name: str, place: Place, zone: tzinfo = CHINA) -> int:
        """An instant at which the place can be booked, where there is one."""
        policy = self.policies[name]
        opens_ms, closes_ms = released_ms(policy, place, zone), cut_off_ms(policy, place, zone)
        days = tuple(days_on(place.service_date, -it) for it in (1, 2, 3, 5, 7, 0))
        minute = self.one(480, 600, 660, 1019)
        fitting = [
            at_ms
            for day in days
            if opens_ms <= (at_ms := instant(day, minute, zone)) <= closes_ms
            and (place.service_date - day) >= timedelta(policy.window.earliest_days)
        ]
        return self.one(*fitting[:3]) if fitting else closes_ms

    def asked_for(self, name: str, place: Place | None = None, **changes: Any) -> PlaceFacts:  # noqa: ANN401 - any fact
        """A place with free ones beside it, and an ordinary person who wants it."""
        free = self.one(Free(1, 0, 0), Free(0, 2, 0), Free(3, 1, 1))
        facts = PlaceFacts(place or self.place(name), free=Known(free), person=Known(self.person()))
        return replace(facts, **changes)

    def held(self, name: str, place: Place | None = None, **changes: Any) -> BookingFacts:  # noqa: ANN401 - any fact
        """A booking made some days before."""
        place = place or self.place(name)
        state = self.one(BookingState.BOOKED, BookingState.BOOKED, BookingState.CONFIRMED, BookingState.PENDING)
        facts = BookingFacts(
            place,
            number=f"0100{self.dice.randrange(10**8):08d}",
            state=Known(state),
            last_known_state=state,
            booked_ms=place.starts_ms - self.one(1, 2, 4) * 1440 * MINUTE_MS,
            is_paid=self.maybe(),
            waiting=Known(self.one(Waiting(), Waiting(people=2))),
        )
        changed = replace(facts, **changes)
        return replace(changed, last_known_state=changed.state.value) if isinstance(changed.state, Known) else changed

    def person(self, **changes: Any) -> Person:  # noqa: ANN401 - any field of a person
        """Mostly an ordinary one."""
        person = Person(age=self.one(None, 8, 30, 65, 66), acting=self.seldom(Acting.GUARDIAN, Acting.SELF, of=8))
        return replace(person, **changes)

    def odd_person(self) -> Person:
        """One with something missing."""
        return self.person(
            has_name=not self.maybe(),
            document=self.one(None, *DocumentKind, DocumentKind.RESIDENT_ID),
            is_reachable=not self.maybe(of=3),
            is_verified=self.maybe(of=2),
            acting=self.one(*Acting, Acting.SELF),
        )

    def grants(self, day: date) -> tuple[Grant, ...]:
        """Of a priority group, ending about the place's day."""
        return (Grant(self.one(*PriorityGroup), day + timedelta(days=self.one(-1, 0, 1))),)

    def others(self, place: Place) -> tuple[Held, ...]:
        """What else the person has booked: beside the place, on its day, in its week."""
        found = []
        for no in range(self.one(1, 1, 2, 3, 5)):
            day = days_on(place.service_date, self.one(0, 0, -1, 1, 6, -6))
            length_ms = place.ends_ms - place.starts_ms
            hours = tuple(no * 60 * MINUTE_MS for no in (-5, -3, -2, 2, 3, 4))
            shift = self.one(-length_ms, -length_ms + 1, length_ms - 1, length_ms, 0, *hours, *hours)
            starts_ms = place.starts_ms + shift + (day - place.service_date).days * 86_400_000
            items = self.seldom(("barium-meal",), ())
            found.append(Held(f"0200{no:08d}", day, starts_ms, starts_ms + length_ms, self.one(*DEPARTMENTS), items))
        return tuple(found)

    def standing(self, now_day: date) -> Standing:
        """Suspended, restricted or short of bookings, until about today."""
        until = now_day + timedelta(days=self.one(-1, 0, 1, 30))
        return self.one(
            Standing(suspended_until=until),
            Standing(restricted_until=until),
            Standing(allowance_lost=self.one(1, 2, 5)),
            Standing(awaits_reactivation=True),
            Standing(is_barred_by_blacklist=True),
            Standing(),
        )

    def session(self) -> SessionNow:
        """Stopped, switched off, or as it should be."""
        return self.one(SessionNow(), SessionNow(is_stopped=True), SessionNow(is_offered=False))

    def kind(self, kinds: Sequence[ClinicKind] = tuple(ClinicKind)) -> ClinicKind:
        """Any kind of clinic."""
        return self.dice.choice(kinds)

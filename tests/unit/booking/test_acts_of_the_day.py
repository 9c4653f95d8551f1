"""Confirming, lapsing, missing patients, staff's acts, screening, requests, and who may look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from booking.credit.settings import Act
from booking.decide import Accepted, CheckInFacts, check_in_window, commands, decide
from booking.decide.commands import By, ReviewOutcome
from booking.decide.confirm import grace_ends_ms
from booking.decide.effects import (
    AskPhone,
    Band,
    CloseKiosk,
    EnterRequest,
    EnterState,
    ForStaff,
    JoinQueue,
    KeepPlace,
    Lead,
    Message,
    OrderRefund,
    RecordAct,
    Tell,
    VoidAct,
    Work,
)
from booking.decide.given import Acting, LookFacts, Person, RequestFacts, RequestState, Screened, ScreenFacts
from booking.facts import UNKNOWN, Known
from booking.policy import (
    Channel,
    CheckInOpens,
    CheckInPolicy,
    Clinic,
    Confirmation,
    ConfirmationPolicy,
    DayMinute,
    EarlyArrival,
    LateArrival,
    MissingPolicy,
    PaymentPolicy,
    PeoplePolicy,
    Policy,
    Prepayment,
    RequestsPolicy,
    ScreeningPolicy,
)
from booking.roster import BookingState, Slot
from tests.unit.booking.acts import (
    ALL_ASSUMED,
    ALL_REFUSED,
    BOOKED,
    DAY,
    NOW,
    POINTS,
    TODAY,
    UNSURE,
    VISITED,
    ask,
    at,
    effects,
    place,
    word,
)

MINUTE_MS = 60_000
PENDING = replace(BOOKED, state=Known(BookingState.PENDING), booked_ms=NOW)
OWNED = replace(PENDING, place=place(owner_confirms=True))
BY_PATIENT = Policy(confirmation=ConfirmationPolicy(by=Confirmation.PATIENT, within_min=60), credit=POINTS)
PREPAID = Policy(payment=PaymentPolicy(prepayment=Prepayment.REQUIRED, hold_min=15))
OVERDUE = Policy(check_in=CheckInPolicy(overdue_lapses=True))
LAPSE, CONFIRM = commands.Lapse(), commands.Confirm(By.PATIENT)
ENDS = at(DAY, 9, 10)
NO_SHOW, GRACE = commands.RecordNoShow(), commands.EndGrace()
STARTED = replace(BOOKED, booked_ms=NOW)
HOUR_LATER = NOW + 60 * MINUTE_MS


@pytest.mark.parametrize(
    ("wanted", "facts", "command", "now_ms", "policy"),
    [
        ("accepted", STARTED, CONFIRM, HOUR_LATER, BY_PATIENT),
        ("confirmed_too_late", STARTED, CONFIRM, HOUR_LATER + 1, BY_PATIENT),
        ("confirmation_not_asked", STARTED, CONFIRM, NOW, Policy()),
        ("confirmation_not_asked", PENDING, commands.Confirm(By.OWNER_SYSTEM), NOW, Policy()),
        ("confirmation_not_asked", STARTED, commands.Confirm(By.DOCTOR), NOW, BY_PATIENT),
        ("accepted", OWNED, commands.Confirm(By.OWNER_SYSTEM), NOW, Policy()),
        ("state_forbids", VISITED, CONFIRM, NOW, BY_PATIENT),
        ("needs_server", UNSURE, CONFIRM, NOW, BY_PATIENT),
        ("accepted", replace(UNSURE, booked_ms=NOW), CONFIRM, NOW, replace(BY_PATIENT, unknown=ALL_ASSUMED)),
        ("accepted", STARTED, LAPSE, HOUR_LATER + 1, BY_PATIENT),
        ("not_yet_due", STARTED, LAPSE, HOUR_LATER, BY_PATIENT),
        ("not_yet_due", STARTED, LAPSE, HOUR_LATER + 1, Policy()),
        ("not_yet_due", PENDING, LAPSE, HOUR_LATER + 1, Policy()),
        ("accepted", PENDING, LAPSE, NOW + 15 * MINUTE_MS + 1, PREPAID),
        ("not_yet_due", PENDING, LAPSE, NOW + 15 * MINUTE_MS, PREPAID),
        ("not_yet_due", replace(PENDING, is_paid=True), LAPSE, HOUR_LATER, PREPAID),
        ("accepted", OWNED, LAPSE, NOW + 1440 * MINUTE_MS + 1, Policy()),
        ("needs_server", UNSURE, LAPSE, NOW, Policy()),
        ("state_forbids", VISITED, LAPSE, NOW, Policy()),
        ("accepted", BOOKED, NO_SHOW, ENDS + 1, Policy()),
        ("not_yet_due", BOOKED, NO_SHOW, ENDS, Policy()),
        ("needs_server", UNSURE, NO_SHOW, ENDS + 1, Policy()),
        ("state_forbids", VISITED, NO_SHOW, ENDS + 1, Policy()),
        ("not_yet_due", BOOKED, GRACE, at(DAY, 9, 15), Policy()),
        ("accepted", BOOKED, GRACE, at(DAY, 9, 15) + 1, Policy()),
        ("excused", replace(BOOKED, is_excused=True), GRACE, at(DAY, 9, 16), Policy()),
    ],
)
def test_confirming_lapsing_and_missing(wanted: str, facts: Any, command: Any, now_ms: int, policy: Policy) -> None:
    assert word(ask(facts, command, now_ms, policy)) == wanted


def test_an_unconfirmed_booking_counts_unless_it_is_ours() -> None:  # rules D4, F4
    late = HOUR_LATER + 1
    assert RecordAct(Act.LAPSED) in effects(ask(STARTED, LAPSE, late, BY_PATIENT))
    ours = replace(STARTED, was_assumed=True, is_paid=True)
    found = effects(ask(ours, LAPSE, late, BY_PATIENT))
    assert RecordAct(Act.LAPSED) not in found
    assert OrderRefund() in found


def test_no_void_message_while_a_terminal_is_off_line() -> None:  # rule G9
    after = at(DAY, 9, 15) + 1
    for off_line in (Known(True), UNKNOWN):
        facts = replace(BOOKED, terminals_off_line=off_line)
        assert effects(ask(facts, GRACE, after)) == (ForStaff(Work.PERHAPS_HERE),)
        assert ForStaff(Work.PERHAPS_HERE) in effects(ask(facts, LAPSE, after, OVERDUE))
        found = effects(ask(facts, NO_SHOW, after, Policy(credit=POINTS)))
        assert RecordAct(Act.NO_SHOW, is_provisional=True) in found
    assert Tell(Message.LAPSED) in effects(ask(BOOKED, LAPSE, after, OVERDUE))
    unpaid = replace(PENDING, terminals_off_line=Known(True))
    assert Tell(Message.LAPSED) in effects(ask(unpaid, LAPSE, HOUR_LATER, PREPAID)), "nobody checks in so early"
    assert RecordAct(Act.NO_SHOW) in effects(ask(BOOKED, NO_SHOW, after, Policy(credit=POINTS)))


@pytest.mark.parametrize(("before_ms", "is_sure"), [(1, True), (0, False)])
def test_whoever_was_due_as_the_visit_begins_may_be_here(before_ms: int, *, is_sure: bool) -> None:  # rule G9
    starts_ms = PENDING.place.starts_ms
    hold_ms = PREPAID.payment.hold_min * 60_000
    facts = replace(PENDING, booked_ms=starts_ms - hold_ms - before_ms, terminals_off_line=Known(True))
    told = effects(ask(facts, LAPSE, starts_ms + 1, PREPAID))
    assert (Tell(Message.LAPSED) in told, ForStaff(Work.PERHAPS_HERE) in told) == (is_sure, not is_sure)


def test_who_is_told_when_the_grace_ends() -> None:  # rule G9
    after = at(DAY, 9, 15) + 1
    assert effects(ask(BOOKED, GRACE, after)) == (Tell(Message.VOID), ForStaff(Work.MISSING_PATIENT))
    calls = Policy(missing=MissingPolicy(message=False, call_list=True))
    assert effects(ask(BOOKED, GRACE, after, calls)) == (ForStaff(Work.CALL_PATIENT), ForStaff(Work.MISSING_PATIENT))
    requeue = Policy(check_in=CheckInPolicy(late=LateArrival.REQUEUE))
    assert effects(ask(BOOKED, GRACE, after, requeue)) == (ForStaff(Work.MISSING_PATIENT),)


def test_a_check_in_that_arrives_later_voids_the_no_show() -> None:  # rules F4, G9
    missed = replace(BOOKED, state=Known(BookingState.NO_SHOW), place=place(session_ends_ms=at(DAY, 12)))
    requeue = Policy(check_in=CheckInPolicy(late=LateArrival.REQUEUE))
    in_time, late = commands.DeliverCheckIn(at(DAY, 9)), commands.DeliverCheckIn(at(DAY, 9, 16))
    assert effects(ask(missed, in_time, at(DAY, 20))) == (EnterState(BookingState.CHECKED_IN), VoidAct())
    assert JoinQueue(Band.BOOKED) in effects(ask(missed, in_time, at(DAY, 11)))
    assert JoinQueue(Band.LATE) in effects(ask(missed, late, at(DAY, 11), requeue))
    assert word(ask(missed, late, at(DAY, 11))) == "too_late"
    assert word(ask(missed, commands.DeliverCheckIn(at(DAY, 12, 1)), at(DAY, 20), requeue)) == "too_late"
    assert word(ask(BOOKED, in_time, at(DAY, 20))) == "state_forbids"


IN = replace(BOOKED, state=Known(BookingState.CHECKED_IN))
UNDO = commands.UndoCheckIn(has_right=True, reason="wrong person")
MOVE = commands.MoveOnMedicalGrounds(is_their_doctor=True, reason="results not ready")
TRIAGE = commands.Retriage("surgery", has_right=True)


@pytest.mark.parametrize(
    ("wanted", "facts", "command"),
    [
        ("accepted", IN, UNDO),
        ("right_needed", IN, replace(UNDO, has_right=False)),
        ("reason_needed", IN, replace(UNDO, reason="")),
        ("state_forbids", BOOKED, UNDO),
        ("accepted", BOOKED, MOVE),
        ("not_their_doctor", BOOKED, replace(MOVE, is_their_doctor=False)),
        ("reason_needed", BOOKED, replace(MOVE, reason="")),
        ("state_forbids", VISITED, MOVE),
        ("needs_server", UNSURE, MOVE),
        ("accepted", IN, TRIAGE),
        ("right_needed", IN, replace(TRIAGE, has_right=False)),
        ("same_department", IN, replace(TRIAGE, to_department="cardiology")),
        ("state_forbids", BOOKED, TRIAGE),
        ("needs_server", UNSURE, TRIAGE),
    ],
)
def test_what_staff_may_do(wanted: str, facts: Any, command: Any) -> None:  # rules E5, G6, G9
    assert word(ask(facts, command)) == wanted


def test_what_staff_do_keeps_the_patients_place() -> None:
    assert effects(ask(BOOKED, MOVE))[0] == KeepPlace()
    assert JoinQueue(Band.BOOKED, keeps_time=True) in effects(ask(IN, TRIAGE))
    there = replace(UNSURE, last_known_state=BookingState.CHECKED_IN)
    for facts, command in ((UNSURE, MOVE), (there, UNDO)):
        assumed = ask(facts, command, policy=Policy(unknown=ALL_ASSUMED))
        assert isinstance(assumed, Accepted)
        assert len(assumed.assumed) == 1


SCREENS = Policy(screening=ScreeningPolicy(on=True, closes_kiosk=True))


def screen(**more: Any) -> commands.Screen:
    return commands.Screen(**{"channel": Channel.KIOSK, "temperature_tenths_c": 365, **more})


@pytest.mark.parametrize(
    ("command", "clinic"),
    [
        (screen(), None),
        (screen(temperature_tenths_c=372), None),
        (screen(temperature_tenths_c=373), Clinic.RESPIRATORY),
        (screen(companion_tenths_c=380), Clinic.RESPIRATORY),
        (screen(had_contact=True), Clinic.RESPIRATORY),
        (screen(has_respiratory_complaint=True, has_intestinal_complaint=True), Clinic.RESPIRATORY),
        (screen(has_intestinal_complaint=True), Clinic.INTESTINAL),
    ],
)
def test_where_screening_leads(command: commands.Screen, clinic: Clinic | None) -> None:  # rule G5
    found = effects(ask(ScreenFacts(), command, policy=SCREENS))
    assert [it.clinic for it in found if isinstance(it, Lead)] == ([] if clinic is None else [clinic])
    assert effects(ask(ScreenFacts(), command)) == ()


def test_a_finding_closes_the_kiosk_only() -> None:  # rule G5
    found = screen(temperature_tenths_c=390)
    assert CloseKiosk() in effects(ask(ScreenFacts(), found, policy=SCREENS))
    desk = effects(ask(ScreenFacts(), replace(found, channel=Channel.GUIDE_DESK), policy=SCREENS))
    assert desk == (Lead(Clinic.RESPIRATORY), ForStaff(Work.FEVER_CLINIC_REGISTER))
    stays = Policy(screening=ScreeningPolicy(on=True, asks_companion=False))
    assert CloseKiosk() not in effects(ask(ScreenFacts(), found, policy=stays))
    assert effects(ask(ScreenFacts(), screen(companion_tenths_c=390), policy=stays)) == ()


SUBMIT, WITHDRAW = commands.Submit(), commands.Withdraw()
NEW = RequestFacts()


def review(outcome: ReviewOutcome, reason: str = "", starts_ms: int | None = None) -> commands.Review:
    return commands.Review(outcome, reason, starts_ms)


@pytest.mark.parametrize(
    ("wanted", "state", "command", "policy"),
    [
        ("submitted", None, SUBMIT, Policy()),
        ("requests_off", None, SUBMIT, Policy(requests=RequestsPolicy(on=False))),
        ("request_state_forbids", RequestState.GRANTED, SUBMIT, Policy()),
        ("under_review", RequestState.SUBMITTED, review(ReviewOutcome.TAKEN_UP), Policy()),
        ("request_state_forbids", RequestState.UNDER_REVIEW, review(ReviewOutcome.TAKEN_UP), Policy()),
        ("request_state_forbids", None, review(ReviewOutcome.TAKEN_UP), Policy()),
        ("request_state_forbids", RequestState.WITHDRAWN, review(ReviewOutcome.GRANTED), Policy()),
        ("granted", RequestState.UNDER_REVIEW, review(ReviewOutcome.GRANTED, starts_ms=NOW), Policy()),
        ("time_needed", RequestState.UNDER_REVIEW, review(ReviewOutcome.GRANTED), Policy()),
        ("refused", RequestState.SUBMITTED, review(ReviewOutcome.REFUSED, "no bed"), Policy()),
        ("reason_needed", RequestState.SUBMITTED, review(ReviewOutcome.REFUSED), Policy()),
        ("withdrawn", RequestState.SUBMITTED, WITHDRAW, Policy()),
        ("under_review", RequestState.GRANTED, WITHDRAW, Policy()),
        ("request_state_forbids", RequestState.REFUSED, WITHDRAW, Policy()),
        ("request_state_forbids", None, WITHDRAW, Policy()),
    ],
)
def test_requests(wanted: str, state: RequestState | None, command: Any, policy: Policy) -> None:  # rule D14
    decision = ask(RequestFacts(state), command, policy=policy)
    entered = (
        [it.state.value for it in effects(decision) if isinstance(it, EnterRequest)]
        if isinstance(decision, Accepted)
        else []
    )
    assert (entered or [word(decision)]) == [wanted]


def test_who_may_submit_a_request() -> None:  # rules A1, D14
    assert word(ask(RequestFacts(person=Known(Person(has_name=False))), SUBMIT)) == "name_needed"
    unknown = RequestFacts(person=UNKNOWN)
    assert word(ask(unknown, SUBMIT)) == "needs_server"
    assumed = ask(unknown, SUBMIT, policy=Policy(unknown=ALL_ASSUMED))
    assert isinstance(assumed, Accepted)
    assert len(assumed.assumed) == 1


LOOK = commands.Look()
STAFF = LookFacts(Acting.STAFF, is_of_own_department=True, has_need=True)


@pytest.mark.parametrize(
    ("wanted", "facts", "command"),
    [
        ("accepted", LookFacts(Acting.SELF), LOOK),
        ("accepted", LookFacts(Acting.GUARDIAN), LOOK),
        ("not_for_these_eyes", LookFacts(), LOOK),
        ("accepted", STAFF, LOOK),
        ("not_for_these_eyes", replace(STAFF, has_need=False), LOOK),
        ("accepted", STAFF, commands.Look(exports=True)),
        ("not_for_these_eyes", replace(STAFF, is_of_own_department=False), commands.Look(exports=True)),
        ("not_for_these_eyes", STAFF, commands.Look(for_third_party=True)),
        ("accepted", replace(STAFF, consent_recorded=True), commands.Look(for_third_party=True)),
    ],
)
def test_who_may_look(wanted: str, facts: LookFacts, command: commands.Look) -> None:  # rule A4
    decision = ask(facts, command)
    assert word(decision) == wanted
    if wanted == "accepted":
        assert (ForStaff(Work.AUDIT_TRAIL) in effects(decision)) is (facts.acting is Acting.STAFF)


def check_in_facts(**more: Any) -> CheckInFacts:
    slot = Slot(1, TODAY, TODAY + 600_000)
    facts = CheckInFacts(slot, "2026-11-25", "2026-11-25", Known(BookingState.BOOKED), BookingState.BOOKED)
    return replace(facts, **more)


def check_in(policy: Policy, now_ms: int, **more: Any) -> Any:
    return decide(policy, check_in_facts(**more), commands.CheckIn(), now_ms)


def test_an_early_patient_may_be_listed_at_the_slots_rank() -> None:  # rule G2
    policy = Policy(check_in=CheckInPolicy(early=EarlyArrival.LISTED))
    assert JoinQueue(Band.BOOKED) in effects(check_in(policy, at(DAY, 6)))
    assert JoinQueue(Band.PRIORITY) in effects(check_in(policy, at(DAY, 6), has_priority=True))
    assert JoinQueue(Band.PRIORITY) in effects(check_in(policy, TODAY, has_priority=True))


def test_coming_late_counts_where_it_costs_but_not_on_an_assumption() -> None:  # rules F1, F4
    policy = Policy(check_in=CheckInPolicy(late=LateArrival.REQUEUE), credit=POINTS)
    assert RecordAct(Act.LATE) in effects(check_in(policy, at(DAY, 9, 16)))
    assert RecordAct(Act.LATE) not in effects(check_in(policy, at(DAY, 9, 16), state=UNKNOWN))
    assert word(check_in(policy, at(DAY, 11), session_ends_ms=at(DAY, 11))) == "accepted"
    assert word(check_in(policy, at(DAY, 11) + 1, session_ends_ms=at(DAY, 11))) == "too_late"
    quiet = Policy(people=PeoplePolicy(phone_confirmed_at_check_in=False))
    assert AskPhone() not in effects(check_in(quiet, TODAY))


def test_screening_comes_before_check_in() -> None:  # rule G5
    fine, found = Screened(TODAY), Screened(TODAY, Clinic.INTESTINAL)
    assert word(check_in(SCREENS, TODAY)) == "screening_needed"
    assert word(check_in(SCREENS, TODAY, screening=Known(fine))) == "accepted"
    assert word(check_in(SCREENS, TODAY, screening=Known(found))) == "led_to_clinic"
    assert word(check_in(replace(SCREENS, unknown=ALL_REFUSED), TODAY, screening=UNKNOWN)) == "cannot_know"
    assumed = check_in(replace(SCREENS, unknown=ALL_ASSUMED), TODAY, screening=UNKNOWN)
    assert len(assumed.assumed) == 1


def test_the_window_of_a_morning_list() -> None:  # rule G1
    policy = Policy(check_in=CheckInPolicy(opens=CheckInOpens.FROM_OPENING, morning_until=DayMinute(600)))
    morning, afternoon = Slot(1, TODAY, TODAY + 1), Slot(2, at(DAY, 14), at(DAY, 14, 10))
    assert check_in_window(policy, morning, service_date=DAY) == (at(DAY, 7), at(DAY, 10))
    assert check_in_window(policy, afternoon) == (at(DAY, 7), at(DAY, 14, 15))
    dawn = Slot(3, at(DAY, 6), at(DAY, 6, 10))
    assert check_in_window(policy, dawn)[0] == at(DAY, 6)
    night = Slot(4, at(DAY, 24, 30), at(DAY, 24, 40))
    assert check_in_window(policy, night, service_date=DAY) == (at(DAY, 7), at(DAY, 24, 45)), "the session's own day"
    assert word(check_in(policy, at(DAY, 22), slot=night)) == "accepted"
    from_opening = Policy(check_in=CheckInPolicy(opens=CheckInOpens.FROM_OPENING))
    assert check_in_window(from_opening, afternoon) == (at(DAY, 7), at(DAY, 14, 15))
    assert check_in_window(from_opening, morning) == (at(DAY, 7), at(DAY, 9, 15))
    over_midnight = replace(BOOKED, place=replace(place(hour=24, minute=30), service_date=DAY))
    assert grace_ends_ms(policy, over_midnight) == at(DAY, 24, 45)
    assert grace_ends_ms(policy, replace(BOOKED, place=place(zone=UTC), zone=UTC)) == at(DAY, 10, zone=UTC)
    winter = check_in_facts(slot=Slot(1, at(DAY, 9, zone=UTC), at(DAY, 9, 10, zone=UTC)), zone=UTC)
    asked = [word(decide(policy, winter, commands.CheckIn(), at(DAY, 7, zone=UTC) - ms)) for ms in (0, 1)]
    assert asked == ["accepted", "too_early"], "the hospital's own clock"
    grace = Policy(check_in=CheckInPolicy(morning_until=DayMinute(600)))
    assert check_in_window(grace, morning) == (at(DAY, 8), at(DAY, 10))

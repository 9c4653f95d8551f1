"""The ids of the rule book, with a short title each, and which later part owns what this package does not decide.

Code and tests cite the ids; `docs/rules.md` is made from both. What a rule says in full stands in the rule book.
"""

from __future__ import annotations

from dataclasses import dataclass

SECTIONS = {
    "A": "People and identity",
    "B": "Channels",
    "C": "Rosters and slots (号源)",
    "D": "Booking",
    "E": "Change and cancel",
    "F": "Trust (信誉度)",
    "G": "The day of the visit",
    "H": "Stopped and substituted clinics",
    "I": "Staff work and figures",
    "J": "Platform",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the book."""

    title: str
    elsewhere: str = ""
    """The parts that own the rule, or the rest of it, outside the decisions of this package."""


RULES = {
    "A1": Rule("Real name (实名制): name, document, a way to be reached"),
    "A2": Rule("One profile for the group; unverified until a card read", "central: people, staff review and merging"),
    "A3": Rule("Documents, cards and numbers that a terminal accepts", "kiosk: card profiles and scanners"),
    "A4": Rule("Confidentiality: who may see what, masking", "central: sealing, audit trail; kiosk: privacy at rest"),
    "A5": Rule("A guardian acts for a family member", "central: guardians; kiosk: visits of a family"),
    "B1": Rule("Channels, each with rights of its own and switched off alone", "central: channel interface"),
    "B2": Rule("Hours of each channel"),
    "B3": Rule("Reports compare channels", "central: reports"),
    "B4": Rule("Help call on every screen, owned until solved", "kiosk: visits; central: help calls"),
    "C1": Rule("Sessions and numbered slots"),
    "C2": Rule("Kinds of clinics and services", "central: catalogue"),
    "C3": Rule("Length of slots; a desk's capacity by windows and season"),
    "C4": Rule("Templates, approval, publishing, the day's confirmation", "central: rosters"),
    "C5": Rule("Release (放号), quotas of channels and their return", "central: timed release"),
    "C6": Rule("Free places are public and current; first come, first served", "central: availability"),
    "C7": Rule("A release rush is fair", "central: waiting room of the release"),
    "C8": Rule("Priority groups: reserved places, grants and their end"),
    "C9": Rule("Expert permission"),
    "C10": Rule("Holidays, make-up workdays, extra sessions"),
    "C11": Rule("Appointments outside working hours"),
    "C12": Rule("Order of departments; booking switched on and off", "central: catalogue; kiosk: mirror"),
    "C13": Rule("Information for everybody, without a card", "kiosk: without a card; central: introductions, notices"),
    "C14": Rule("Places above capacity (加号) and exemptions from a limit"),
    "C15": Rule("Service-hall matters: at once, promised, returned, joint", "central: service hall; kiosk: slips"),
    "D1": Rule("Cut-off: when the bookings for a day close"),
    "D2": Rule("Horizon: earliest and latest day, follow-ups beyond it"),
    "D3": Rule("Limits of one person"),
    "D4": Rule("Number at once, confirmation by hospital or patient", "central: messages"),
    "D5": Rule("Reminders", "central: messages"),
    "D6": Rule("Other sessions and doctors when full; waiting list", "central: offers"),
    "D7": Rule("Symptom guide (分诊)", "kiosk: its screens"),
    "D8": Rule("Referral has priority", "central: referrals"),
    "D9": Rule("Booking is free; prepayment, unpaid holds, exactly one refund", "central: payments, refund orders"),
    "D10": Rule("One-time notice (一次性告知)", "central: services; kiosk: screens and tickets"),
    "D11": Rule("Examinations from a doctor's order, with constraints", "central: orders and their payment"),
    "D12": Rule("Working-day examinations booked on rest days, on the spot"),
    "D13": Rule("The one state of a booking"),
    "D14": Rule("Requests: matters without slots", "central: requests"),
    "E1": Rule("Cancelling is free until a deadline"),
    "E2": Rule("A freed place goes to the waiting list first", "central: offers of the waiting list"),
    "E3": Rule("A change is one step"),
    "E4": Rule("Repeated changes are limited"),
    "E5": Rule("A doctor moves a booking on medical grounds"),
    "F1": Rule("Points"),
    "F2": Rule("Strikes and the blacklist"),
    "F3": Rule("Balance and reasons are visible; appeal and void", "kiosk: my points; central: void with audit"),
    "F4": Rule("Faults of the hospital never cost"),
    "F5": Rule("Warned before it happens"),
    "F6": Rule("Allowance"),
    "G1": Rule("When check-in (报到) is possible"),
    "G2": Rule("Early and late"),
    "G3": Rule("Order in a queue", "central: queues"),
    "G4": Rule("Walk-in registration (现场挂号)"),
    "G5": Rule("Infection screening (预检分诊)", "kiosk: screening before the visit, closing; central: registers"),
    "G6": Rule("Wrong department: re-triage keeps the place in time", "central: queues"),
    "G7": Rule("Several examinations on one day; coming back with results", "central: queues; kiosk: the ticket"),
    "G8": Rule("Printed slips", "kiosk: tickets"),
    "G9": Rule("Missing patients: void, no-show, late deliveries, undo", "central: messages, the desk's list"),
    "H1": Rule("Substitute (替诊), move (换诊), stop (停诊)", "central: work list; kiosk: the choices"),
    "H2": Rule("Lead times of changes"),
    "H3": Rule("Every affected patient is tracked until reached", "central: phone list"),
    "I1": Rule("Tomorrow's and today's lists", "central: staff pages"),
    "I2": Rule("Every change is recorded", "central: audit trail"),
    "I3": Rule("Reports", "central: reports"),
    "I4": Rule("Ratings and complaints", "kiosk: after the visit; central: ratings and complaints"),
    "I5": Rule("Roles", "central: staff access"),
    "I6": Rule("Monthly evaluation; a clinic's real start", "central: reports and queues"),
    "I7": Rule("Handover of a desk's shift", "kiosk: maintenance; central: staff pages"),
    "J1": Rule("Hospital information systems are joined by an interface", "central: hospital systems"),
    "J2": Rule("Reference sizes", "central: measured by the benches"),
    "J3": Rule("Backup, encrypted transport, terminals that can be revoked", "central: operations; kiosk: sync"),
    "J4": Rule("Queue calling and boards", "central: stations and boards"),
}

"""Terminals: enrolment, signed requests, revocation, how they are."""

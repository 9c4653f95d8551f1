"""Whatever a message is printed in, a failed test or a crash report: it names nobody and gives no key away."""

from __future__ import annotations

from uuid import UUID

from booking.wire import BookingRow, EnrolRequest, FindReply, FindRequest

SECRETS = ("张*丰", "1958", "8901", "secret-hash", "AAAA-BBBB")


def test_messages_hide_whom_they_are_about() -> None:
    booking = BookingRow(
        id=UUID(int=1),
        session_id=UUID(int=2),
        slot_no=7,
        slot_starts_ms=0,
        slot_ends_ms=0,
        service_date="2031-03-18",
        state="booked",
        person_id=UUID(int=3),
        masked_name="张*丰",
        sex="male",
        birth_year=1958,
        number_hash="secret-hash",
        number_last_four="8901",
        credential_hashes=("secret-hash",),
        check_phone="secret-hash",
        check_birthday="secret-hash",
    )
    reply = FindReply(is_known=True, masked_name="张*丰", sex="male", birth_year=1958)
    messages = (
        booking,
        reply,
        FindRequest(credential_hashes=("secret-hash",)),
        EnrolRequest(code="AAAA-BBBB", public_key=""),
    )
    shown = repr(messages)
    assert [secret for secret in SECRETS if secret in shown] == []

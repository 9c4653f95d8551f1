"""Enrolment: the terminal makes its key, shows a one-time code, and learns who it is."""

from __future__ import annotations

import base64
import binascii

from booking.wire import Enrolled, EnrolRequest
from booking.wire_problem import Problem
from kiosk.ports.store import Codec, Site, SiteStore
from kiosk.sync.identity import Identity, make_private_key
from kiosk.sync.server import CONNECT_S, TOTAL_S, Unanswered
from kiosk.sync.transport import HttpReply, HttpRequest, NoReply, Transport


def enrol(code: str, *, transport: Transport, store: SiteStore, codec: Codec) -> Site:
    """Enrol with a code that staff gave. The key is on disk before the server hears of it.

    Raises Unanswered (`reason` is `wrong_code` when the code is not valid) and StoreFault.
    """
    private_key = store.private_key()
    if private_key is None:
        private_key = make_private_key()
        store.keep_private_key(private_key)
    request = EnrolRequest(code=code, public_key=Identity(private_key).public_key())
    try:
        reply = transport.exchange(
            HttpRequest(
                "POST",
                "/v1/enrol",
                total_s=TOTAL_S,
                connect_s=CONNECT_S,
                headers={"Content-Type": "application/json"},
                body=codec.encode(request).encode("utf-8"),
            )
        )
    except NoReply as fault:
        raise Unanswered(str(fault)) from None
    site = _site(reply, codec)
    store.keep_site(site)
    return site


def _site(reply: HttpReply, codec: Codec) -> Site:
    if reply.status != 200:
        try:
            reason = codec.decode(Problem, reply.body).reason
        except ValueError:
            reason = ""
        raise Unanswered(f"status {reply.status}", reason=reason)
    try:
        enrolled = codec.decode(Enrolled, reply.body)
        lookup_key = base64.b64decode(enrolled.lookup_key, validate=True)
    except (ValueError, binascii.Error):
        raise Unanswered("not an enrolment") from None
    return Site(
        terminal_id=enrolled.terminal_id,
        group_id=enrolled.group_id,
        hospital_id=enrolled.hospital_id,
        hospital_code=enrolled.hospital_code,
        hospital_name=enrolled.hospital_name,
        time_zone=enrolled.time_zone,
        label=enrolled.label,
        lookup_key=lookup_key,
        policy=enrolled.policy,
    )

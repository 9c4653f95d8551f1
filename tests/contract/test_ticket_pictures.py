"""Tickets as people see them: pictures that were looked at and approved, and the same dots on paper as on the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image

from booking.signed_ticket import TicketPlace, ticket_code
from kiosk.devices.printers.font_choice import FontChoice
from kiosk.devices.printers.fonts import FontChain, find_faces
from kiosk.devices.printers.picture import picture_png, text_lines
from kiosk.devices.printers.press import Press
from kiosk.devices.printers.profile import Profile, packaged_profile
from kiosk.devices.printers.qr_matrix import qr_matrix
from kiosk.ports.printers import Printed, Ready
from kiosk.ports.tickets import QrCode, Ticket
from lab.printer.server import VirtualPrinter
from tests.plugins.print_bench import PrintBench, qr_texts
from tests.plugins.sample_tickets import BOOKING_QR, CHINESE, ENGLISH, RARE, SIGNED_QR

GOLDEN = Path(__file__).parent / "golden"
TICKETS = {"chinese": CHINESE, "english": ENGLISH, "rare": RARE}
PROFILES = {"80mm": packaged_profile("epson"), "58mm": packaged_profile("gb18030_clone")}
EVERY = [(ticket, width) for ticket in TICKETS for width in PROFILES]


@pytest.fixture(scope="module")
def faces() -> FontChain:
    """The fonts that the package list installs."""
    return FontChain(find_faces(FontChoice()))


def fingerprint(picture: Image.Image) -> str:
    return hashlib.sha256(repr(picture.size).encode() + picture.convert("1").tobytes()).hexdigest()


@pytest.mark.parametrize(("ticket", "width"), EVERY)
def test_a_ticket_looks_as_it_was_approved(ticket: str, width: str, faces: FontChain, tmp_path: Path) -> None:
    page = Press(PROFILES[width], faces).page(TICKETS[ticket]).image
    drawn = tmp_path / f"{ticket}-{width}.png"
    drawn.write_bytes(picture_png(page))
    with Image.open(GOLDEN / drawn.name) as approved:
        assert fingerprint(page) == fingerprint(approved), f"now drawn as {drawn}: look at it, then approve it"


@pytest.mark.parametrize(("ticket", "width"), EVERY)
def test_its_code_can_be_scanned(ticket: str, width: str, faces: FontChain) -> None:
    page = Press(PROFILES[width], faces).page(TICKETS[ticket]).image
    expected = SIGNED_QR if ticket == "rare" else BOOKING_QR
    assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [expected]


@pytest.mark.parametrize("lease_id", [None, UUID(int=2**127)])
@pytest.mark.parametrize("width", PROFILES)
def test_a_signed_tickets_code_has_squares_of_half_a_millimetre(
    width: str, lease_id: UUID | None, faces: FontChain
) -> None:
    ids = [UUID(bytes=hashlib.sha256(name.encode()).digest()[:16]) for name in ("terminal", "booking", "session")]
    place = TicketPlace(
        hospital_code="99",
        session_id=ids[2],
        slot_no=128,
        service_date="2026-11-22",
        starts_ms=1_795_309_200_000,
        ends_ms=1_795_309_800_000,
        queue_number="AB128",
        booking_ver=9,
        issued_ms=1_795_308_000_000,
        is_checked_in=True,
        lease_id=lease_id,
    )
    code = ticket_code(
        terminal_id=ids[0], booking_id=ids[1], place=place, sign=lambda said: hashlib.sha512(said).digest()
    )
    ticket = Ticket("check_in", 1, "zh-CN", (QrCode(code, "分诊台可扫此码核对"),))
    page = Press(PROFILES[width], faces).page(ticket).image
    (read,) = zxingcpp.read_barcodes(page.convert("L"))
    assert read.text == code
    corners = read.position
    side = corners.top_right.x - corners.top_left.x
    assert side >= 4 * len(qr_matrix(code)) - 4  # 8 dots are a millimetre


@pytest.fixture(params=["80mm", "58mm"])
def printed_profile(request: pytest.FixtureRequest) -> Iterator[tuple[Profile, VirtualPrinter]]:
    profile = PROFILES[request.param]
    with VirtualPrinter(width_dots=profile.width_dots) as printer:
        yield profile, printer


def test_paper_shows_the_page_dot_for_dot(printed_profile: tuple[Profile, VirtualPrinter], faces: FontChain) -> None:
    profile, printer = printed_profile
    page = Press(profile, faces).page(CHINESE).image
    bench = PrintBench(printer.address, profile)
    bench.run_until(lambda: isinstance(bench.status, Ready))
    _, result = bench.print_it(CHINESE)
    bench.close()
    assert result == Printed()
    (ticket,) = printer.wait_for_tickets(1)
    assert qr_texts(ticket) == [BOOKING_QR]
    assert printer.not_understood == ()
    with Image.open(BytesIO(ticket.png)) as paper:
        assert paper.width == page.width
        printed, wanted = paper.crop((0, 0, *page.size)).convert("1").tobytes(), page.tobytes()
    differing = sum((a ^ b).bit_count() for a, b in zip(printed, wanted, strict=True))
    assert differing <= 8  # dots given up so that no pixel is obeyed as a command


@pytest.mark.parametrize(("ticket", "kilobytes"), [("chinese", 45), ("rare", 45), ("english", 47)])
def test_an_80_mm_ticket_takes_few_bytes(ticket: str, kilobytes: int, faces: FontChain) -> None:
    """Latin letters take longer lines than Chinese for the same words."""
    assert len(Press(PROFILES["80mm"], faces).job(TICKETS[ticket], b"0001").data) <= kilobytes * 1024


def test_characters_in_no_font_are_named_and_the_rare_ones_are_drawn(faces: FontChain) -> None:
    press = Press(PROFILES["80mm"], faces)
    assert press.page(RARE).missing == (0xE0041, 0xF8FF)
    assert press.page(CHINESE).missing == ()


def test_the_words_of_a_ticket_stand_beside_its_picture() -> None:
    lines = text_lines(ENGLISH)
    assert lines[:4] == ("Renhe First People's Hospital", "Queue ticket", "预约专用章 Booked visit", "Your number A023")
    assert "Department Cardiology" in lines


def test_a_ticket_is_the_same_whichever_ticket_came_before(faces: FontChain) -> None:
    press = Press(PROFILES["80mm"], faces)
    first = fingerprint(press.page(CHINESE).image)
    press.page(ENGLISH)
    assert fingerprint(press.page(CHINESE).image) == first


def open_font_files() -> int:
    """How many times this process has font files mapped."""
    return sum("NotoSansCJK" in line for line in Path("/proc/self/maps").read_text("utf-8").splitlines())


@pytest.mark.parametrize("width", PROFILES)
def test_only_the_fonts_of_the_last_ticket_stay_open(width: str) -> None:
    fresh, busy = (Press(PROFILES[width], FontChain(find_faces(FontChoice()))) for _ in range(2))
    none = open_font_files()
    fresh.page(CHINESE)
    after_one = open_font_files()
    for ticket in (RARE, ENGLISH, CHINESE):
        busy.page(ticket)
    assert none < after_one
    assert open_font_files() - after_one == after_one - none
    fresh.rest()
    busy.rest()
    assert open_font_files() == none


def redraw(folder: Path, tickets: dict[str, Ticket]) -> None:
    """Draw all pictures anew, to be looked at before they are committed."""
    chain = FontChain(find_faces(FontChoice()))
    for name, ticket in tickets.items():
        for width, profile in PROFILES.items():
            (folder / f"{name}-{width}.png").write_bytes(picture_png(Press(profile, chain).page(ticket).image))


if __name__ == "__main__":
    redraw(GOLDEN, TICKETS)

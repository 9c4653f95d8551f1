"""What the virtual printer makes of bytes: no socket, no clock."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from lab.printer.interpreter import Interpreter
from lab.printer.mechanism import Mechanism
from lab.printer.operations import Answer, Cut, Feed, Justification, PrintLine, PrintQr, PrintRow, SwitchAsb
from lab.printer.paper import PrintedTicket
from lab.printer.real_time import ClearAsked, RealTimeWatch, StatusAsked
from lab.printer.status import Dialect, Health, Paper, answer_to_dle_eot, automatic_status

FENCE = b"\x1d(H\x06\x0000"
CLEAR = bytes.fromhex("10140801031401060208")


def picture(rows: int, row: bytes) -> bytes:
    return b"\x1dv0\0" + len(row).to_bytes(2, "little") + rows.to_bytes(2, "little") + row * rows


def operations(data: bytes, dialect: Dialect | None = None) -> list[object]:
    interpreter = Interpreter(width_dots=576, dialect=dialect or Dialect())
    rest, made = bytearray(data), []
    while (some := interpreter.take(rest)) is not None:
        made += some
    return made


class Bench:
    """A mechanism whose words and tickets are kept."""

    def __init__(self, *, width_dots: int = 576, dialect: Dialect | None = None) -> None:
        self.said: list[bytes] = []
        self.tickets: list[PrintedTicket] = []
        self.mechanism = Mechanism(
            width_dots=width_dots,
            dialect=dialect or Dialect(),
            buffer_bytes=1 << 20,
            say=self.said.append,
            give=self.tickets.append,
        )

    def send(self, data: bytes) -> None:
        self.mechanism.receive(data)
        self.mechanism.advance(0.0)


def pixels(ticket: PrintedTicket) -> Image.Image:
    return Image.open(io.BytesIO(ticket.png))


def test_text_with_size_weight_and_place() -> None:
    (line,) = (each for each in operations(b"\x1ba\x01\x1b!\x38" + "张A".encode("gb18030") + b"\n") if each)
    assert isinstance(line, PrintLine)
    assert line.justification is Justification.CENTRE
    assert line.runs[0].text == "张A"
    assert (line.runs[0].style.width, line.runs[0].style.height, line.runs[0].style.is_bold) == (2, 2, True)


def test_a_character_outside_the_basic_plane_has_four_bytes() -> None:
    assert operations("王𠮷\n".encode("gb18030"))[0].runs[0].text == "王𠮷"
    old_font = operations("王𠮷\n".encode("gb18030"), Dialect(has_four_byte_characters=False))
    assert old_font[0].runs[0].text != "王𠮷"


def test_pixels_taken_for_text_print_as_signs_for_unknown() -> None:
    """What is left of a picture that was broken off: a first byte of Chinese, and no second one."""
    assert operations(b"\x81\x20\xff\xff\n")[0].runs[0].text.startswith("\ufffd")


def test_chinese_mode_can_be_left_and_entered() -> None:
    made = operations(b"\x1c.\xe9\n\x1c&\xd5\xc5\n")
    assert [line.runs[0].text for line in made] == ["Θ", "张"]


def test_a_line_that_is_too_long_goes_on_in_the_next() -> None:
    made = operations(("诊" * 25).encode("gb18030") + b"\n")
    assert [len(line.runs[0].text) for line in made] == [24, 1]


def test_a_command_in_pieces_is_waited_for() -> None:
    interpreter = Interpreter(width_dots=576, dialect=Dialect())
    for piece in (b"\x1d", b"\x1dV", b"\x1dVB", b"\x1b", b"\x1bd", b"\x1d(k", b"\x1dv0\0\x01", b"\xd5", b"\x10"):
        data = bytearray(piece)
        assert interpreter.take(data) is None
        assert data == piece


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (b"\0", [Cut(is_partial=False)]),
        (b"0", [Cut(is_partial=False)]),
        (b"\x01", [Cut(is_partial=True)]),
        (b"1", [Cut(is_partial=True)]),
        (b"A\x20", [Feed(32), Cut(is_partial=False)]),
        (b"B\x00", [Cut(is_partial=True)]),
        (b"h\x08", [Feed(8), Cut(is_partial=True)]),
    ],
)
def test_every_form_of_the_cut(form: bytes, expected: list[object]) -> None:
    assert operations(b"\x1dV" + form) == expected


def test_a_picture_comes_row_by_row() -> None:
    assert operations(picture(2, b"\x80\x01")) == [PrintRow(b"\x80\x01", Justification.LEFT)] * 2


def test_a_qr_code_is_stored_and_printed() -> None:
    made = operations(b"\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x08\x001P0HELLO\x1d(k\x03\x001Q0")
    assert made == [PrintQr(b"HELLO", 6, "M", Justification.LEFT)]


def test_initialising_switches_automatic_status_off() -> None:
    assert operations(b"\x1da\x0e\x1b@") == [SwitchAsb(0x0E), SwitchAsb(0)]


def test_the_fence_answers_with_its_four_characters_unless_the_model_lacks_it() -> None:
    assert operations(FENCE + b"A1b2") == [Answer(b'7"A1b2\0')]
    assert operations(FENCE + b"A1b2", Dialect(has_process_id=False)) == []


def test_commands_of_no_interest_do_no_harm() -> None:
    noise = b"\x1bt\x00\x1bM\x00\x1bD\x08\x10\x00\x1dh\x50\x1dkI\x03abc\x1b*\x21\x02\x00abcdef\x1b3\x20\x10\x04\x01"
    lines = [each for each in operations(noise + b"ok\n") if isinstance(each, PrintLine)]
    assert [line.runs[0].text for line in lines] == ["ok"]


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (Health(), "16 12 12 12"),
        (Health(paper=Paper.NEAR_END), "16 12 12 1E"),
        (Health(paper=Paper.OUT), "1E 32 12 7E"),
        (Health(is_cover_open=True), "1E 16 12 12"),
        (Health(is_cutter_jammed=True), "1E 52 1A 12"),
        (Health(is_overheated=True), "1E 52 52 12"),
        (Health(is_broken=True), "1E 52 32 12"),
    ],
)
def test_status_bytes(health: Health, expected: str) -> None:
    answers = b"".join(answer_to_dle_eot(which, health, Dialect()) for which in (1, 2, 3, 4))
    assert answers == bytes.fromhex(expected)
    assert all(byte & 0x93 == 0x12 for byte in answers)


def test_automatic_status_says_it_in_four_bytes() -> None:
    assert automatic_status(Health(), Dialect()) == bytes.fromhex("14000000")
    assert automatic_status(Health(paper=Paper.OUT), Dialect()) == bytes.fromhex("1C000F00")
    assert automatic_status(Health(is_cover_open=True, is_cutter_jammed=True), Dialect()) == bytes.fromhex("3C080000")


def test_a_model_without_near_end_sensor_never_reports_it() -> None:
    assert answer_to_dle_eot(4, Health(paper=Paper.NEAR_END), Dialect(has_near_end_sensor=False)) == b"\x12"


def test_real_time_commands_are_seen_across_pieces_and_once() -> None:
    watch = RealTimeWatch()
    assert watch.look(b"abc\x10") == []
    assert watch.look(b"\x04") == []
    assert watch.look(b"\x04\x10\x04\x01") == [StatusAsked(4), StatusAsked(1)]
    assert watch.look(b"xyz") == []
    assert watch.look(CLEAR[:6]) == []
    assert watch.look(CLEAR[6:] + b"rest") == [ClearAsked(4)]


def test_pixels_that_look_like_a_status_request_are_answered_and_printed() -> None:
    bench = Bench()
    bench.send(picture(1, b"\x10\x04\x01\xff") + b"\x1dV\0")
    assert bench.said == [b"\x16"]
    row = pixels(bench.tickets[0]).crop((0, 0, 32, 1)).tobytes()
    assert bytes(byte ^ 0xFF for byte in row) == b"\x10\x04\x01\xff"


def test_a_picture_that_was_broken_off_swallows_the_next_ticket() -> None:
    bench = Bench()
    bench.send(picture(24, bytes(72))[:-1000])
    bench.send(b"\x1b@A023\n\x1dV\0" + FENCE + b"0001")
    assert bench.tickets == []
    assert bench.said == []
    bench.send(bytes(72 * 24) + b"\x1b@A024\n\x1dV\0")
    assert [ticket.text_lines for ticket in bench.tickets] == [("A024",)]


def test_clearing_the_buffer_ends_a_broken_picture_and_is_answered() -> None:
    bench = Bench()
    bench.send(picture(24, bytes(72))[:-1000])
    bench.send(CLEAR + b"\x1b@A024\n\x1dV\0")
    assert bench.said == [b"7%\0"]
    assert [ticket.text_lines for ticket in bench.tickets] == [("A024",)]


def test_paper_that_runs_out_stops_in_the_middle_and_goes_on_after_a_refill() -> None:
    bench = Bench()
    bench.mechanism.paper_left_dots = 80
    bench.send(b"\x1da\x0e" + picture(200, b"\xff" * 72) + b"\x1dV\0" + FENCE + b"0001")
    assert bench.said == [bytes.fromhex("14000000"), bytes.fromhex("1C000F00")]
    assert bench.mechanism.unfinished_mm == 10
    assert bench.tickets == []
    bench.mechanism.paper_left_dots = None
    bench.mechanism.change(Health())
    bench.mechanism.advance(0.0)
    assert [ticket.height_dots for ticket in bench.tickets] == [200]
    assert bench.said[2:] == [bytes.fromhex("14000000"), b'7"0001\0']


def test_the_fence_comes_when_the_paper_has_moved() -> None:
    bench = Bench()
    bench.mechanism.speed_mm_s = 100
    bench.mechanism.receive(picture(800, b"\xff") + FENCE + b"0001")
    now_s = 0.0
    while (wait_s := bench.mechanism.advance(now_s)) is not None:
        assert bench.said == []
        now_s += wait_s
    assert bench.said == [b'7"0001\0']
    assert 0.99 <= now_s <= 1.01


@pytest.mark.parametrize("width_dots", [576, 384])
def test_a_picture_wider_than_the_paper_is_cut_at_its_edge(width_dots: int) -> None:
    bench = Bench(width_dots=width_dots)
    bench.send(picture(3, b"\xf0" * 100) + b"\x1dV\0")
    ticket = bench.tickets[0]
    assert (ticket.width_dots, ticket.height_dots) == (width_dots, 3)
    assert pixels(ticket).size == (width_dots, 3)
    assert pixels(ticket).getpixel((0, 0)) == 0
    assert pixels(ticket).getpixel((4, 0)) != 0


def test_a_narrow_picture_is_centred_when_asked() -> None:
    bench = Bench()
    bench.send(b"\x1ba\x01" + picture(1, b"\xff") + b"\x1dV\0")
    line = pixels(bench.tickets[0])
    assert [x for x in range(576) if line.getpixel((x, 0)) == 0] == list(range(284, 292))


def test_a_line_under_way_comes_before_the_code_and_the_code_can_be_scanned() -> None:
    bench = Bench()
    code = b"\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x11\x001P0B1011234567890\x1d(k\x03\x001Q0"
    bench.send(b"\x1ba\x01A023" + code + b"\x1bJ\x60\x1dV\0")
    (ticket,) = bench.tickets
    assert ticket.text_lines == ("A023",)
    assert ticket.qr_data == (b"B1011234567890",)
    picture_of_it = pixels(ticket)
    assert picture_of_it.crop((0, 0, 576, 30)).getextrema() == (0, 255)
    (read,) = zxingcpp.read_barcodes(picture_of_it.convert("L"))
    assert read.text == "B1011234567890"
    assert read.position.top_left.y >= 30

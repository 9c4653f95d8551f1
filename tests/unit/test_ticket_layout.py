"""Where the parts of a ticket stand, with a font in which every Latin letter is half a square."""

from __future__ import annotations

import pytest

from kiosk.devices.printers.layout import layout
from kiosk.devices.printers.linebreak import is_wide
from kiosk.devices.printers.page_items import Box, MissingGlyph, Modules, PageLayout, Run
from kiosk.devices.printers.qr_matrix import QUIET_MODULES
from kiosk.devices.printers.style import style_for
from kiosk.ports.tickets import BigNumber, Block, Columns, KeyValue, Mark, Notice, QrCode, Rule, Space, Text, Ticket

REGULAR, BOLD, RARE_FACE = 0, 1, 2


class SquareFaces:
    """𠮷 is in the third face alone, U+F8FF in none."""

    def face_for(self, char: str, *, is_bold: bool) -> int | None:
        if char == "\uf8ff":
            return None
        if char == "𠮷":
            return RARE_FACE
        return BOLD if is_bold else REGULAR

    def is_bold_face(self, face: int) -> bool:
        return face == BOLD

    def width(self, face: int, size: int, text: str) -> float:
        return sum(size if is_wide(char) else size / 2 for char in text)


class RoundedFaces(SquareFaces):
    """Each letter is rounded to whole dots, up or down by its code, as hinting does; remembers the sizes asked for."""

    def __init__(self) -> None:
        self.asked: set[int] = set()

    def width(self, face: int, size: int, text: str) -> float:
        self.asked.add(size)
        return sum((size if is_wide(char) else size // 2 + ord(char) % 2) for char in text)


def lay_out(*blocks: Block, width: int = 576) -> PageLayout:
    return layout(Ticket("queue", 1, "zh-CN", blocks), width, SquareFaces())


def runs(page: PageLayout) -> list[Run]:
    return [item for item in page.items if isinstance(item, Run)]


def right_edge(run: Run) -> float:
    return run.x + SquareFaces().width(run.face, run.size, run.text)


def test_the_number_is_by_far_the_largest_thing_and_stays_on_the_paper() -> None:
    for width in (576, 384):
        number, name = runs(lay_out(BigNumber("A023"), Text("内科"), width=width))
        assert number.size >= 4 * name.size
        assert number.x >= 0
        assert right_edge(number) <= width


def test_a_long_number_shrinks_instead_of_breaking() -> None:
    (number,) = runs(lay_out(BigNumber("LAB-A023456"), width=384))
    assert right_edge(number) <= 384


@pytest.mark.parametrize("width", [384, 512, 576])
@pytest.mark.parametrize("letters", range(1, 30))
def test_a_number_is_set_in_the_largest_size_that_fits_and_few_others_are_tried(letters: int, width: int) -> None:
    faces, text = RoundedFaces(), ("A02B" * 8)[:letters]
    style = style_for(width)
    (number,) = runs(layout(Ticket("queue", 1, "zh-CN", (BigNumber(text),)), width, faces))
    sizes = list(range(style.number_max, style.title, -4))
    room = (width - 2 * style.margin) * 0.94
    fitting = [size for size in sizes if RoundedFaces().width(BOLD, size, text) <= room]
    assert number.size == (fitting or sizes)[0 if fitting else -1]
    assert len(faces.asked) <= 4


def test_values_stand_in_one_column_whatever_their_names() -> None:
    items = runs(lay_out(KeyValue("姓名", "张*丰"), KeyValue("就诊时段", "09:30"), KeyValue("科室", "内科")))
    values = [run for run in items if run.face == BOLD]
    lines = {run.baseline for run in values}
    assert len(lines) == 3
    assert len({min(run.x for run in values if run.baseline == line) for line in lines}) == 1


def test_a_value_shrinks_before_it_takes_a_second_line() -> None:
    short, fitted, broken = (
        [run for run in runs(lay_out(KeyValue("诊室", value))) if run.face == BOLD]
        for value in ("内科门诊", "门诊楼三层三零六诊室东区二", "门诊楼三层三零六诊室东区" * 3)
    )
    assert len(short) == len(fitted) == 1
    assert len(broken) >= 2
    wider = [run for run in runs(lay_out(KeyValue("诊室", "门诊楼三层三零六诊室东区甲乙丙丁"))) if run.face == BOLD]
    assert len(wider) == 1
    assert wider[0].size < short[0].size
    assert all(right_edge(run) <= 576 for run in [*short, *fitted, *broken, *wider])


def test_a_character_in_no_font_is_a_box_with_its_code_and_is_named() -> None:
    page = lay_out(KeyValue("姓名", "王\uf8ff"), Text("\uf8ff"))
    assert page.missing == (0xF8FF,)
    assert [item.code_point for item in page.items if isinstance(item, MissingGlyph)] == [0xF8FF, 0xF8FF]


def test_a_rare_character_comes_from_the_next_font_and_is_thickened_where_bold_is_meant() -> None:
    rare = [run for run in runs(lay_out(KeyValue("姓名", "王𠮷"))) if run.face == RARE_FACE]
    assert [(run.text, run.is_thickened) for run in rare] == [("𠮷", True)]


def test_the_code_has_its_quiet_zone() -> None:
    page = lay_out(Rule(), QrCode("B1123456789012", "扫码"), Rule(is_dashed=False))
    (code,) = [item for item in page.items if isinstance(item, Modules)]
    quiet = QUIET_MODULES * code.module
    side = len(code.rows) * code.module
    for item in page.items:
        if isinstance(item, Box):
            assert item.y + item.height <= code.y - quiet or item.y >= code.y + side + quiet
        if isinstance(item, Run):
            assert item.x >= code.x + side + quiet


def test_a_booking_mark_is_white_on_black() -> None:
    page = lay_out(Mark("预约专用章"))
    (plate,) = [item for item in page.items if isinstance(item, Box)]
    assert plate.is_filled
    for run in runs(page):
        assert run.is_white
        assert plate.x < run.x
        assert right_edge(run) < plate.x + plate.width


def test_a_notice_stands_inside_its_frame() -> None:
    page = lay_out(Notice("请空腹，并携带既往检查报告（心电图、彩超）。请提前到诊室门口候诊。"))
    (frame,) = [item for item in page.items if isinstance(item, Box)]
    assert not frame.is_filled
    for run in runs(page):
        assert frame.x < run.x
        assert right_edge(run) < frame.x + frame.width
        assert frame.y < run.baseline < frame.y + frame.height


def test_space_is_as_high_as_it_says() -> None:
    assert lay_out(Space(5.0)).height - lay_out().height == 40


def test_lines_of_a_list_share_their_columns_and_stay_on_the_paper() -> None:
    rows = (Columns(("A037", "09:05", "张丰")), Columns(("ABC1001", "09:05", "欧" * 40)))
    for width in (576, 384):
        placed = runs(lay_out(Text("内科"), *rows, width=width))[1:]
        first, second = placed[:3], placed[3:6]
        assert [run.x for run in first] == [run.x for run in second]
        assert first[0].face == BOLD != first[1].face
        assert first[0].baseline == first[2].baseline < second[0].baseline == second[2].baseline
        assert all(right_edge(run) <= width for run in placed)
        assert sum(len(run.text) for run in placed[5:]) == 40

"""Printer profiles: what is refused, and that the refusal names the field."""

from __future__ import annotations

import pytest

from kiosk.devices.printers.profile import BadProfile, Cut, Dialect, Fence, parse_profile

GOOD = """
name = "Front desk"
escpos_profile = "TM-T20II"
width_dots = 576
fence = "process_id"
cut = "feed_and_partial"
dialect = "epson"
has_automatic_status = true
has_near_end_sensor = true
can_clear_buffer = true
feed_to_cutter_mm = 14
speed_mm_s = 150.0
"""


def test_a_profile_says_what_it_says() -> None:
    profile = parse_profile(GOOD, "front.toml")
    assert (profile.name, profile.width_dots, profile.feed_to_cutter_mm) == ("Front desk", 576, 14.0)
    assert (profile.fence, profile.cut, profile.dialect) == (Fence.PROCESS_ID, Cut.FEED_AND_PARTIAL, Dialect.EPSON)
    assert profile.band_rows == 64


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('fence = "process_id"', 'fence = "hope"', "front.toml: fence must be one of process_id, gs_r, none"),
        ("width_dots = 576", "", "front.toml: width_dots is missing"),
        ("width_dots = 576", "width_dots = 577", "front.toml: width_dots is out of its range"),
        ("width_dots = 576", 'width_dots = "576"', "front.toml: width_dots must be a int"),
        ("width_dots = 576", "width_dots = true", "front.toml: width_dots must be a int"),
        ("width_dots = 576", "width_dots = 576\nband_rows = 960", "front.toml: band_rows is out of its range"),
        ("speed_mm_s = 150.0", "speed_mm_s = 0", "front.toml: speed_mm_s must be above zero"),
        ("can_clear_buffer = true", "can_clear_buffer = 1", "front.toml: can_clear_buffer must be a bool"),
        ("speed_mm_s", "sped_mm_s", "front.toml: unknown field 'sped_mm_s'"),
    ],
)
def test_a_bad_profile_is_refused_by_the_name_of_the_field(before: str, after: str, complaint: str) -> None:
    with pytest.raises(BadProfile) as refused:
        parse_profile(GOOD.replace(before, after), "front.toml")
    assert str(refused.value) == complaint


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(BadProfile, match=r"front\.toml"):
        parse_profile("name = ", "front.toml")

"""A folder of CSV files: what is complete is taken once, line by line; a server that dies begins again.  # rule J1"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking
from central.channels.caller import Right
from central.hospital_systems.csv_files import MOST_BYTES
from central.hospital_systems.inbox import PAUSE_MS, Inbox
from central.hospital_systems.intake import Intake
from central.orders.tables import doctor_order, order_item, payment
from tests.plugins.booking_hall import NEXT_WEEK, NOW_MS, Hall
from tests.plugins.two_hospitals import resident_number

NUMBER = resident_number()
HEAD = "order,as_of,document_kind,document_number,ordered_at,item_no,item_code,item_name,fasting"
CHINESE = "医嘱号,截至时间,证件类型,证件号码,开单时间,项目序号,项目代码,项目名称,空腹"


def line(order: str = "L1", number: int = 1, code: str = "CBC", name: str = "血常规", **changes: str) -> str:
    cells = {"as_of": "2026-03-18 09:00:00", "kind": "resident_id", "ordered_at": "2026-03-18 08:30:00"} | changes
    head = f"{order},{cells['as_of']},{cells['kind']},{NUMBER},{cells['ordered_at']}"
    return f"{head},{number},{code},{name},{cells.get('fasting', '')}"


@pytest.fixture
def folder(hall: Hall, tmp_path: Path) -> Path:
    """The first hospital's folder; the patient is known."""
    clerk = hall.client(Channel.WINDOW, Right.STAFF)
    document = {"kind": "resident_id", "number": NUMBER, "was_read": True}
    known = clerk.post("people", {"name": "张三丰", "documents": [document], "phone": "13812345678"})
    assert known.status_code == 201, known.text
    found = tmp_path / "inbox" / "01"
    found.mkdir(parents=True)
    return found


def inbox(hall: Hall, folder: Path, is_ending: Callable[[], bool] = lambda: False) -> Inbox:
    intake = Intake(ask=hall.parts.reader.submit, write=hall.parts.writer.submit, keys=hall.parts.keys)
    return Inbox(folder.parent, ask=hall.parts.reader.submit, intake=intake, is_ending=is_ending)


def take(hall: Hall, folder: Path, content: bytes | str, name: str = "orders-1.csv") -> list[str]:
    """The result's lines."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    assert inbox(hall, folder).step(NOW_MS) == NOW_MS + PAUSE_MS
    assert not (folder / name).exists()
    return (folder / "done" / f"{name}.result.csv").read_text(encoding="ascii").splitlines()


def orders(hall: Hall) -> list[Any]:
    return hall.rows(sa.select(order_item).order_by(order_item.c.order_id, order_item.c.item_no))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_come_in_the_encodings_that_hospitals_write(hall: Hall, folder: Path, encoding: str) -> None:
    text = "\r\n".join(
        [CHINESE, line(kind="身份证", fasting="是"), line(number=2, code="GLU", name="血糖", kind="身份证"), ""]
    )
    assert take(hall, folder, text.encode(encoding)) == ["# lines taken: 2, not taken: 0", "line,why"]
    assert [(it.code, it.name["zh-CN"], it.is_fasting) for it in orders(hall)] == [
        ("CBC", "血常规", True),
        ("GLU", "血糖", False),
    ]


def test_an_order_its_payment_and_a_confirmation_come_in_the_right_order(hall: Hall, folder: Path) -> None:
    made = hall.client().book(hall.person(), hall.session(NEXT_WEEK, owner_confirms=True)).json()
    payments = "source,payment,as_of,amount,paid_at,order,item_no,item_code"
    paid = "cashier,P1,2026-03-18 09:30:00,20.50,2026-03-18 09:29:00,L1,1,CBC"
    (folder / "payments-1.csv").write_text(f"{payments}\n{paid}\n", encoding="utf-8")
    confirmed = f"booking_number,as_of,confirmed\n{made['number']},2026-03-18T01:30:00+00:00,是\n"
    (folder / "confirmations-1.csv").write_text(confirmed, encoding="utf-8")
    assert take(hall, folder, "\n".join([HEAD, line()]))[0] == "# lines taken: 1, not taken: 0"
    assert [(it.amount_cents, it.source) for it in hall.rows(sa.select(payment))] == [(2_050, "cashier")]
    assert [it.is_paid for it in orders(hall)] == [True]
    assert [it.state for it in hall.rows(sa.select(booking))] == ["booked"]
    assert len(list((folder / "done").iterdir())) == 6


def test_bad_lines_are_named_with_their_reasons_and_nobody_is(hall: Hall, folder: Path) -> None:
    rows = [
        HEAD,
        line("A1"),
        line("A2", as_of="2026-02-30 09:00:00"),
        line("A3", name="=HYPERLINK(1)"),
        line("A4", name="a\0b"),
        line("A5") + ",more",
        line("A6", name='"open'),
        line("A7", number=1),
        line("A7", number=1, code="GLU"),
        line("A8"),
        line("A8", number=2, fasting="perhaps"),
        line("A9"),
        line("A9", number=2, name="+1"),
        line("B1", as_of="2027-01-01 00:00:00"),
        line("B2", kind="library"),
    ]
    result = take(hall, folder, "\n".join(rows))
    assert result == [
        "# lines taken: 1, not taken: 13",
        "line,why",
        "3,bad_value",
        "4,bad_cell",
        "5,bad_cell",
        "6,bad_line",
        "7,bad_line",
        "8,bad_items",
        "9,bad_items",
        "10,another_line",
        "11,bad_value",
        "12,another_line",
        "13,bad_cell",
        "14,as_of_in_future",
        "15,bad_document",
    ]
    assert len(hall.rows(sa.select(doctor_order))) == 1
    assert NUMBER not in "".join(result)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_header"),
        (b"order,as_of\n", "wrong_columns"),
        (HEAD.encode() + b",surprise\n", "wrong_columns"),
        (HEAD.encode() + b",order\n", "wrong_columns"),
        (b"\xff\xfe" + HEAD.encode("utf-16-le"), "bad_encoding"),
        (b"\xff\xff\xff", "bad_encoding"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (HEAD.encode() + b"\n" * 100_001, "too_many_lines"),
    ],
)
def test_a_file_that_is_none_is_put_aside_whole(hall: Hall, folder: Path, content: bytes, why: str) -> None:
    assert take(hall, folder, content) == ["# lines taken: 0, not taken: 1", "line,why", f"1,{why}"]


def test_what_is_not_ready_or_not_ours_stays(hall: Hall, folder: Path, tmp_path: Path) -> None:
    for name in ("orders-1.csv.part", ".orders-2.csv", "letters-1.csv", "orders-1.txt"):
        (folder / name).write_text(HEAD, encoding="utf-8")
    (folder / "orders-3.csv").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "orders-4.csv")
    before = sorted(folder.iterdir())
    inbox(hall, folder).step(NOW_MS)
    assert sorted(folder.iterdir()) == before


def test_a_name_that_was_there_before_gets_a_number(hall: Hall, folder: Path) -> None:
    first = take(hall, folder, "\n".join([HEAD, line()]))
    (folder / "orders-1.csv").write_text("\n".join([HEAD, line()]), encoding="utf-8")
    inbox(hall, folder).step(NOW_MS)
    assert (folder / "done" / "orders-1.2.csv.result.csv").read_text(encoding="ascii").splitlines() == first


def test_a_server_that_ends_in_the_middle_begins_again_and_comes_to_the_same_end(hall: Hall, folder: Path) -> None:
    rows = [line(f"A{at}") for at in range(250)]
    text = "\n".join([HEAD, *rows, line("B1", number=0)])
    (folder / "orders-1.csv").write_text(text, encoding="utf-8")
    asked = iter([False, True])
    assert inbox(hall, folder, lambda: next(asked)).step(NOW_MS) == NOW_MS
    assert len(hall.rows(sa.select(doctor_order))) == 100
    assert not (folder / "done").exists()
    result = take(hall, folder, text)
    assert result == ["# lines taken: 250, not taken: 1", "line,why", "252,bad_items"]
    stored = sorted(it.order_id for it in hall.rows(sa.select(doctor_order)))
    assert len(stored) == 250
    (folder / "done" / "orders-1.csv").rename(folder / "orders-1.csv")  # it died before the file was put aside
    assert take(hall, folder, text) == result
    assert sorted(it.order_id for it in hall.rows(sa.select(doctor_order))) == stored

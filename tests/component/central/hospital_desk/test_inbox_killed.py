"""`kill -9` while a file is taken: the next server takes all of it, once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from central.orders.tables import doctor_order, order_item
from central.sample.load import PEOPLE_FILE
from central.tables.database import STORE_FILE, SqliteFile, Use
from tests.plugins.central_server import CentralServer

ORDERS = 400
HEAD = "order,as_of,document_kind,document_number,ordered_at,item_no,item_code,item_name"
WAIT_S = 40.0


def wait_until(condition: Callable[[], bool]) -> None:
    pause, end_s = threading.Event(), time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s, "it did not come to that in time"
        pause.wait(0.01)


def test_a_killed_server_takes_the_file_again_and_comes_to_the_same_end(central_data: Path, tmp_path: Path) -> None:
    people = json.loads((central_data / PEOPLE_FILE).read_text(encoding="utf-8"))["people"]
    number = next(it["id_number"] for it in people if it["id_number"])
    folder = tmp_path / "inbox" / "01"
    folder.mkdir(parents=True)
    rows = [f"K{at},2026-01-05 09:00,resident_id,{number},2026-01-05 08:00,1,CBC,血常规" for at in range(ORDERS)]
    (folder / "part").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    engine = SqliteFile(central_data / STORE_FILE).engine(Use.READ)

    def counted(table: sa.Table = doctor_order) -> int:
        with engine.begin() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    before, items_before = counted(), counted(order_item)
    server = CentralServer(central_data, more=("--inbox", str(folder.parent)))
    try:
        server.start()
        (folder / "part").rename(folder / "orders-1.csv")
        wait_until(lambda: counted() > before)
        server.kill()
        assert before < counted() < before + ORDERS
        assert (folder / "orders-1.csv").exists()
        server.start()
        wait_until((folder / "done" / "orders-1.csv").exists)
    finally:
        server.kill()
    assert (counted(), counted(order_item)) == (before + ORDERS, items_before + ORDERS)
    result = (folder / "done" / "orders-1.csv.result.csv").read_text(encoding="ascii").splitlines()
    assert result == [f"# lines taken: {ORDERS}, not taken: 0", "line,why"]
    engine.dispose()

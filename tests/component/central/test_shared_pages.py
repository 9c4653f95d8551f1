"""All who ask the same at the same moment get one answer, read once."""

from __future__ import annotations

import asyncio

import pytest

from booking.wire import FeedPage
from central.sync.pages import SharedPages

PAGE = FeedPage(cursor="a.1", rows=(), has_more=False, today="2026-03-18")


def test_a_page_is_read_once_for_all_who_ask_and_anew_for_who_comes_later() -> None:
    async def ask() -> tuple[int, int, list[FeedPage]]:
        pages, began, may_go_on, reads = SharedPages(), asyncio.Event(), asyncio.Event(), 0

        async def read() -> FeedPage:
            nonlocal reads
            reads += 1
            began.set()
            await may_go_on.wait()
            return PAGE

        asking = [asyncio.ensure_future(pages.get("same", read)) for _ in range(100)]
        other = asyncio.ensure_future(pages.get("another", read))
        await began.wait()
        asking[0].cancel()
        may_go_on.set()
        got = await asyncio.gather(*asking[1:], other)
        at_once = reads
        await pages.get("same", read)
        return at_once, reads, got

    assert asyncio.run(ask()) == (2, 3, [PAGE] * 100)


def test_a_fault_is_everybodys_and_is_not_kept() -> None:
    async def ask() -> FeedPage:
        pages = SharedPages()

        async def fail() -> FeedPage:
            raise LookupError

        async def read() -> FeedPage:
            return PAGE

        for outcome in await asyncio.gather(*(pages.get("same", fail) for _ in range(2)), return_exceptions=True):
            assert isinstance(outcome, LookupError)
        with pytest.raises(LookupError):
            await pages.get("same", fail)
        return await pages.get("same", read)

    assert asyncio.run(ask()) == PAGE

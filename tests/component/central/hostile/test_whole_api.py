"""Whatever is asked, of every operation and by every kind of caller: no server's error, no answer that the description
does not name, and every no is a Problem. `--hypothesis-profile=long` asks much more.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.plugins.central_desk import Desk

LONG = "long"
_EXAMPLES = 2
_DICE = 1


def test_every_operation_answers_as_described(desk: Desk, request: pytest.FixtureRequest) -> None:
    from tests.plugins import whole_api  # half a second, for who asks only

    is_long = request.config.getoption("--hypothesis-profile") == LONG
    examples = settings.get_profile(LONG).max_examples if is_long else _EXAMPLES
    dice = int(request.config.getoption("randomly_seed")) if is_long else _DICE
    asking, ids = whole_api.callers(desk), whole_api.known_ids(desk)
    found = []
    for at, operation in enumerate(whole_api.operations(desk.http.get("/openapi.json").json())):
        modes = whole_api.modes_of(operation)
        if not is_long:
            modes = modes[at % len(modes) :][:1]  # in turn what fits the description, and what does not
        found += whole_api.complaints(operation, modes, asking, ids, examples=examples, dice=dice)
    assert not found, "\n".join(found)


def test_every_no_is_described_as_a_problem_and_as_nothing_else(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    described = [
        (f"{method} {path} {status}", answer.get("content"))
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        for status, answer in told["responses"].items()
        if not status.startswith("2")
    ]
    assert len(described) >= sum(map(len, document["paths"].values())), "each has one for whatever else comes"
    assert [name for name, content in described if content != problem] == []

"""One mutant before the tests: each runs in a forked child, in the order given, up to the first that fails."""

from __future__ import annotations

import inspect
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from tools.mutation.mutants import BOOK, Mutant

TESTS = "tests/unit/booking"
NOT_OF_RULES = f"{TESTS}/test_rule_page.py"
"""Reads the files as they are written, not as they are changed."""
ARGUMENTS = ["-c", str(Path(__file__).with_name("pytest.ini")), "--rootdir", ".", "--ignore", NOT_OF_RULES]
IMPORT = "(import)"
TIME = "(time)"
_MOST_BYTES = 3 << 30
_ROOT = str(BOOK.resolve()) + os.sep


@dataclass(frozen=True, slots=True)
class Test:
    """What is known of a test after it ran without any change."""

    name: str
    seconds: float
    """Of processor."""
    touches: frozenset[tuple[str, str]]
    """File and function that it called."""


@dataclass(slots=True)
class Calls:
    """Which functions of the rule book are called between `begin` and `end`."""

    seen: set[CodeType] = field(default_factory=set)

    def begin(self) -> None:
        """From now on."""
        sys.settrace(self._called)

    def end(self) -> None:
        """No longer."""
        sys.settrace(None)

    def _called(self, frame: FrameType, _event: str, _arg: object) -> None:
        self.seen.add(frame.f_code)

    def functions(self) -> frozenset[tuple[str, str]]:
        """File, from the top of the checkout, and the outermost function."""
        return frozenset(
            (str(BOOK / it.co_filename.removeprefix(_ROOT)), it.co_qualname.split(".<locals>")[0])
            for it in self.seen
            if it.co_filename.startswith(_ROOT)
        )


def quick_hypothesis() -> None:
    """The unit layer's examples, always the same ones; a counter-example is enough, the smallest is not looked for."""
    settings.register_profile(
        "mutation",
        max_examples=60,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow,),
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        report_multiple_bugs=False,
    )
    settings.load_profile("mutation")


def passes(item: pytest.Item) -> bool:
    """Whether the test succeeds; everything that was set up for it is taken down again."""
    return all(it.passed for it in runtestprotocol(item, log=False, nextitem=None))


def measured(item: pytest.Item) -> Test:
    """Run a test without any change."""
    calls, began = Calls(), time.process_time()
    calls.begin()
    is_good = passes(item)
    calls.end()
    if not is_good:
        os._exit(1)
    return Test(item.nodeid, time.process_time() - began, calls.functions())


def first_failing(items: Sequence[pytest.Item], seconds: dict[str, float]) -> str:
    """The test that notices; TIME would be said by whoever waits, as the child does not live to say it."""
    for item in items:
        limit(1 + 5 * seconds.get(item.nodeid, 1))
        if not passes(item):
            return item.nodeid
    limit(0)
    return ""


def limit(seconds: float) -> None:
    """So much of the processor's time is left, not of the clock: other programs make no mutant look endless. 0: any."""
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def confine() -> None:
    """A child says nothing and takes no more than its share of memory."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def can_patch(it: Mutant) -> bool:
    """Whether the mutant lies in a function that stands in an imported module."""
    return bool(it.scope) and _function(it) is not None


def patch(it: Mutant) -> None:
    """Put the changed code into the function as it stands: whoever holds the function has the changed one."""
    function = _function(it)
    assert function is not None
    function.__code__ = next(
        code
        for code in _codes(compile(it.tree(), it.path, "exec"))
        if code.co_qualname == it.scope and code.co_firstlineno == function.__code__.co_firstlineno
    )


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for it in code.co_consts:
        if isinstance(it, CodeType):
            yield from _codes(it)


def _function(it: Mutant) -> FunctionType | None:
    found: Any = import_module(it.module)
    for name in it.scope.split("."):
        found = inspect.getattr_static(found, name)
    for name in ("fget", "__func__", "__wrapped__"):
        found = getattr(found, name, None) or found
    return found if isinstance(found, FunctionType) else None


class Changed(MetaPathFinder):
    """Gives the changed module to whoever imports it."""

    def __init__(self, it: Mutant) -> None:
        self._mutant = it

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the ordinary finder, with another loader."""
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._mutant)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        super().__init__(fullname, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the loader knows its one module
        """Compiled anew, kept nowhere."""
        return compile(self._mutant.tree(), self.path, "exec")

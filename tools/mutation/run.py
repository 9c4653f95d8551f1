"""All trials, in two rounds.

First the functions, changed in place in children of a process that has collected the tests; then what is read when a
module is imported, each in a process that imports and collects anew.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tools.mutation.children import each_in_a_child
from tools.mutation.mutants import Mutant
from tools.mutation.trial import (
    ARGUMENTS,
    IMPORT,
    TESTS,
    TIME,
    Calls,
    Changed,
    Test,
    can_patch,
    first_failing,
    limit,
    measured,
    patch,
    quick_hypothesis,
)

FROZEN = "test_corpus.py"
"""Answers that were written down by the program: they guard against change, and prove no rule."""

_LIKELY_FILES = 2
"""Collected first: what is read on import is mostly noticed by the tests that noticed the last such change."""


_COLLECTING_S = 60.0
"""Of processor: many times what collecting all tests takes."""


@dataclass(slots=True)
class Knowledge:
    """What is known of the tests, and which of them killed what so far."""

    tests: dict[str, Test] = field(default_factory=dict)
    unsound: list[str] = field(default_factory=list)
    """Tests that fail without any change; they judge nothing."""
    on_import: frozenset[tuple[str, str]] = frozenset()
    """Functions that are called before the first test."""
    in_function: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    in_file: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    overall: Counter[str] = field(default_factory=Counter)

    def killed(self, it: Mutant, test: str) -> None:
        """Remember who did it."""
        self.in_function[it.path, it.scope][test] += 1
        self.in_file[it.path][test] += 1
        self.overall[test] += 1

    def concerned(self, it: Mutant) -> list[str]:
        """The tests that can notice, the likeliest first, what is frozen last."""
        here = [name for name, test in self.tests.items() if _concerns(test, it)]
        if not it.scope:  # a table or a default may be read without any call
            files = {name.split("::")[0] for name in here}
            here = [name for name in self.tests if name.split("::")[0] in files]
        here_too = self.in_function[it.path, it.scope], self.in_file[it.path]
        return sorted(
            here,
            key=lambda name: (
                FROZEN in name,
                *(-kills[name] for kills in here_too),
                -self.overall[name] / (0.01 + self.tests[name].seconds),
                self.tests[name].seconds,
            ),
        )

    def seconds(self) -> dict[str, float]:
        """Of each test."""
        return {name: test.seconds for name, test in self.tests.items()}


def _concerns(test: Test, it: Mutant) -> bool:
    if it.scope:
        return (it.path, it.scope) in test.touches
    return any(path.startswith(f"booking/{it.package}/") for path, _function in test.touches)


@dataclass(slots=True)
class Trials:
    """The mutants that are to be tried, and what became of each: the name of the test that noticed, or nothing."""

    mutants: list[Mutant]
    processes: int
    ends_at: float
    """Of the monotonic clock; no trial begins later."""
    say: Callable[[str], None]
    known: Knowledge = field(default_factory=Knowledge)
    verdicts: dict[Mutant, str] = field(default_factory=dict)

    def run(self) -> None:
        """Try them all, or as many as the time allows."""
        quick_hypothesis()
        began = time.monotonic()
        late = began + (self.ends_at - began) * 0.6
        with tempfile.TemporaryFile() as told:
            child = os.fork()
            if not child:
                code = 1
                try:
                    calls = Calls()
                    calls.begin()
                    _collect(lambda items: self._in_functions(items, calls, late), [TESTS])
                    pickle.dump((self.known, self.verdicts), told)
                    told.flush()
                    code = 0
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            if os.waitpid(child, 0)[1]:
                raise SystemExit("the tests could not be collected")
            told.seek(0)
            self.known, self.verdicts = pickle.load(told)
        left = [it for it in self.mutants if it not in self.verdicts and self._is_for_import(it)]
        again = [it for it, by in self.verdicts.items() if not by and (it.path, it.scope) in self.known.on_import]
        self._judge([*left, *again], self._on_import, self.ends_at)

    def _is_for_import(self, it: Mutant) -> bool:
        return not it.scope or (it.path, it.scope) in self.known.on_import

    def _in_functions(self, items: list[pytest.Item], calls: Calls, ends_at: float) -> None:
        calls.end()
        self.known.on_import = calls.functions()
        by_name = {item.nodeid: item for item in items}
        for name, told in each_in_a_child(iter(by_name), lambda it: _measured(by_name[it]), processes=self.processes):
            if told == TIME:
                self.known.unsound.append(name)
            else:
                self.known.tests[name] = _test_from(name, told)
        self.say(f"{len(items)} tests, {sum(it.seconds for it in self.known.tests.values()):.0f} s of processor")
        seconds = self.known.seconds()

        def try_out(job: tuple[Mutant, list[str]]) -> str:
            patch(job[0])
            return first_failing([by_name[name] for name in job[1]], seconds)

        self._judge([it for it in self.mutants if can_patch(it)], try_out, ends_at)

    def _on_import(self, job: tuple[Mutant, list[str]]) -> str:
        sys.meta_path.insert(0, Changed(job[0]))
        files = list(dict.fromkeys(name.split("::")[0] for name in job[1]))
        for some in (files[:_LIKELY_FILES], files[_LIKELY_FILES:]):
            found = self._in_files(some, job[1])
            if found:
                return found
        return ""

    def _in_files(self, files: list[str], names: list[str]) -> str:
        """Which of the tests named, as far as they stand in these files, notices."""
        found = IMPORT if files else ""

        def try_out(items: list[pytest.Item]) -> None:
            nonlocal found
            by_name = {item.nodeid: item for item in items}
            there = [by_name[name] for name in names if name in by_name]
            found = first_failing(there, self.known.seconds())

        if files:
            limit(_COLLECTING_S)  # what is read on import may already loop
            _collect(try_out, files)
        return found

    def _judge(self, mutants: list[Mutant], do: Callable[[tuple[Mutant, list[str]]], str], ends_at: float) -> None:
        began = time.monotonic()
        for job, by in each_in_a_child(self._jobs(mutants, ends_at), do, processes=self.processes):
            self.verdicts[job[0]] = by
            if by:
                self.known.killed(job[0], by)
            else:
                self.say(f"survives: {job[0]}")
            if len(self.verdicts) % 200 == 0:
                self.say(f"{len(self.verdicts)} tried, {time.monotonic() - began:.0f} s")

    def _jobs(self, mutants: list[Mutant], ends_at: float) -> Iterator[tuple[Mutant, list[str]]]:
        """Each with its tests in the order of what is known when it begins."""
        for it in mutants:
            if time.monotonic() > ends_at:
                return
            yield it, self.known.concerned(it)


def _measured(item: pytest.Item) -> str:
    test = measured(item)
    return "\n".join((f"{test.seconds:.4f}", *(f"{path}\t{function}" for path, function in sorted(test.touches))))


def _test_from(name: str, told: str) -> Test:
    """What a child said of a test."""
    seconds, *lines = told.split("\n")
    pairs = (line.split("\t") for line in lines)
    return Test(name, float(seconds), frozenset((path, function) for path, function in pairs))


class _Collected:
    """Takes the place of pytest's own loop. Nothing is done where a module cannot be imported."""

    def __init__(self, do: Callable[[list[pytest.Item]], None]) -> None:
        self._do = do

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        gc.freeze()  # children share what stays
        if not session.testsfailed:
            self._do(list(session.items))
        return True


def _collect(do: Callable[[list[pytest.Item]], None], files: list[str]) -> None:
    """Collect the tests of these files and do something with them."""
    pytest.main([*ARGUMENTS, *files], plugins=[_Collected(do)])

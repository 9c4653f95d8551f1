"""Which small changes are made to a syntax tree, and how each is done. Pure: knows no file and no test.

A change alters what the program decides: a boundary, a condition, a figure, a member of a list, a fact that is handed
on. What only people read (docstrings, the text of exceptions), what the types hold (annotations, asserts, decorators),
and how a word is spelled (the values of enumerations) stays as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_ONLY_FOR_SHAPE = frozenset({"cast", "field"})
_ONLY_A_CHECK = frozenset({"strict"})
"""Keywords that change nothing but how a mistake of our own is met."""

Enums = Mapping[str, tuple[str, ...]]
"""Enumeration -> its members, in their order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One small change. `do` does it to the tree that it was found in."""

    line: int
    scope: str
    """The function (with its class) that holds it; empty where it is read when the module is imported."""
    what: str
    do: Callable[[], None]


def changes(tree: ast.Module, enums: Enums) -> list[Change]:
    """Every change, in the order of the text."""
    return list(_Walk(enums).statements(tree.body, "", ""))


def enums_of(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """The enumerations that a module defines."""
    return {
        it.name: tuple(
            target.id
            for line in it.body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name)
        )
        for it in tree.body
        if isinstance(it, ast.ClassDef) and _is_enum(it)
    }


def _is_enum(it: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in it.bases)


def _is_protocol(it: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in it.bases)


def _is_text(it: ast.AST | None) -> bool:
    return isinstance(it, ast.Constant) and isinstance(it.value, str)


def _shown(it: ast.AST) -> str:
    text = " ".join(ast.unparse(it).split())
    return text if len(text) <= 60 else text[:57] + "..."


class _Walk:
    """Goes through a tree and says what can be changed where. `scope` is the function around, `path` the classes."""

    def __init__(self, enums: Enums) -> None:
        self._enums = enums

    def statements(self, body: list[ast.stmt], scope: str, path: str, *, of_enum: bool = False) -> Iterator[Change]:
        for at, it in enumerate(body):
            if isinstance(it, ast.Expr) and not isinstance(it.value, ast.Call):
                continue  # a docstring, or `...`
            if of_enum and isinstance(it, ast.Assign):
                continue
            if isinstance(it, ast.Expr | ast.Continue | ast.Break):
                yield _replace(body, at, it, ast.Pass(), scope, f"`{_shown(it)}` is left out")
            yield from self._statement(it, scope, path)

    def _statement(self, it: ast.stmt, scope: str, path: str) -> Iterator[Change]:
        match it:
            case ast.ClassDef():
                if not _is_protocol(it):
                    yield from self.statements(it.body, scope, f"{path}{it.name}.", of_enum=_is_enum(it))
            case ast.FunctionDef():
                yield from self._function(it, scope, path)
            case ast.Raise() | ast.Assert() | ast.Import() | ast.ImportFrom():
                return
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                return
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return
            case ast.AnnAssign():
                yield from self._children(it, ("value",), scope, path)
            case ast.AugAssign():
                yield from _reckoned(it, scope)
                yield from self._children(it, ("value",), scope, path)
            case ast.If() | ast.While():
                yield from _held(it, "test", it.test, scope, both=isinstance(it, ast.If))
                yield from self._children(it, ("test",), scope, path)
                yield from self.statements(it.body, scope, path)
                yield from self.statements(it.orelse, scope, path)
            case ast.Match():
                yield from self._children(it, ("subject",), scope, path)
                for case in it.cases:
                    yield from self._case(case, scope, path)
            case ast.For() | ast.With() | ast.Try():
                yield from self._block(it, scope, path)
            case _:
                yield from self._children(it, it._fields, scope, path)

    def _function(self, it: ast.FunctionDef, scope: str, path: str) -> Iterator[Change]:
        if any(isinstance(one, ast.Name) and one.id == "overload" for one in it.decorator_list):
            return
        yield from self._children(it.args, ("defaults", "kw_defaults"), scope, path)
        yield from self.statements(it.body, scope or f"{path}{it.name}", path)

    def _block(self, it: ast.For | ast.With | ast.Try, scope: str, path: str) -> Iterator[Change]:
        if isinstance(it, ast.For):
            yield from self._children(it, ("iter",), scope, path)
        if isinstance(it, ast.With):
            for one in it.items:
                yield from self._children(one, ("context_expr",), scope, path)
        yield from self.statements(it.body, scope, path)
        for handler in it.handlers if isinstance(it, ast.Try) else ():
            yield from self.statements(handler.body, scope, path)
        yield from self.statements([] if isinstance(it, ast.With) else it.orelse, scope, path)

    def _case(self, it: ast.match_case, scope: str, path: str) -> Iterator[Change]:
        for one in ast.walk(it.pattern):
            if isinstance(one, ast.MatchValue):
                yield from self._children(one, ("value",), scope, path)
        if it.guard is not None:
            yield from _held(it, "guard", it.guard, scope)
            yield from self._children(it, ("guard",), scope, path)
        yield from self.statements(it.body, scope, path)

    def _children(self, parent: ast.AST, names: tuple[str, ...], scope: str, path: str) -> Iterator[Change]:
        """What can be changed in these fields of a node."""
        for name in names:
            value = getattr(parent, name)
            if isinstance(value, list):
                for at, it in enumerate(value):
                    yield from self._expression(value, at, it, scope, path)
            else:
                yield from self._expression(parent, name, value, scope, path)

    def _expression(self, holder: object, at: int | str, it: object, scope: str, path: str) -> Iterator[Change]:
        """`holder` has the node under `at`: a list under a number, a node under a field's name."""
        match it:
            case ast.comprehension():
                for place, test in enumerate(it.ifs):
                    yield from _held(it.ifs, place, test, scope)
                yield from self._children(it, ("iter", "ifs"), scope, path)
                return
            case ast.keyword():
                if it.arg not in _ONLY_A_CHECK:
                    yield from self._children(it, ("value",), scope, path)
                return
            case ast.Call(func=ast.Name(id="TypeVar" | "NewType")):
                return
            case ast.Lambda():
                yield from self._children(it, ("body",), scope, path)
                return
            case ast.JoinedStr():
                shown = [one for one in it.values if isinstance(one, ast.FormattedValue)]
                for one in shown:
                    yield from self._children(one, ("value",), scope, path)
                return
            case ast.Subscript():
                yield from self._children(it, ("value", "slice") if scope else ("value",), scope, path)
                return
            case ast.expr():
                pass
            case _:
                return
        yield from self._changed(holder, at, it, scope)
        if isinstance(it, ast.Call) and isinstance(it.func, ast.Name) and it.func.id == "isinstance":
            yield from self._expression(it.args, 0, it.args[0], scope, path)
        else:
            yield from self._children(it, it._fields, scope, path)

    def _changed(self, holder: object, at: int | str, it: ast.expr, scope: str) -> Iterator[Change]:
        """The changes of this very node."""
        match it:
            case ast.Compare():
                yield from _compared(it, scope)
            case ast.BoolOp():
                yield from _either(holder, at, it, scope)
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                yield _replace(holder, at, it, it.operand, scope, f"`{_shown(it)}` becomes `{_shown(it.operand)}`")
            case ast.BinOp():
                if scope or not isinstance(it.op, ast.BitOr):  # outside functions it makes a type
                    yield from _reckoned(it, scope)
            case ast.IfExp():
                yield from _held(it, "test", it.test, scope)
            case ast.Constant():
                yield from _constant(holder, at, it, scope)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Load()) if it.attr in self._enums.get(name, ()):
                members = self._enums[name]
                other = members[(members.index(it.attr) + 1) % len(members)]
                if other != it.attr:
                    yield _attribute(it, "attr", other, scope)
            case ast.Call():
                yield from _called(it, scope)
            case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) | ast.Set():
                yield from _shortened(it, it.elts, scope)
            case ast.Dict():
                yield from _without_keys(it, scope)


def _replace(holder: object, at: int | str, old: ast.AST, new: ast.AST, scope: str, what: str) -> Change:
    def do() -> None:
        fresh = ast.copy_location(new, old)
        if isinstance(holder, list) and isinstance(at, int):
            holder[at] = fresh
        else:
            setattr(holder, str(at), fresh)

    return Change(old.lineno, scope, what, do)  # type: ignore[attr-defined]  # statements and expressions have lines


def _attribute(it: ast.expr, name: str, value: str, scope: str) -> Change:
    before = _shown(it)
    after = before.removesuffix(getattr(it, name)) + value
    return Change(it.lineno, scope, f"`{before}` becomes `{after}`", lambda: setattr(it, name, value))


def _held(holder: object, at: int | str, test: ast.expr, scope: str, *, both: bool = True) -> Iterator[Change]:
    """A condition that always holds, or never."""
    for value in (False, True) if both else (False,):
        yield _replace(holder, at, test, ast.Constant(value), scope, f"condition `{_shown(test)}` is always {value}")


def _compared(it: ast.Compare, scope: str) -> Iterator[Change]:
    for at, op in enumerate(it.ops):
        other = _COMPARED[type(op)]
        shown = ast.unparse(ast.Compare(it.left, [*it.ops[:at], other(), *it.ops[at + 1 :]], it.comparators))

        def do(at: int = at, other: type[ast.cmpop] = other) -> None:
            it.ops[at] = other()

        yield Change(it.lineno, scope, f"`{_shown(it)}` becomes `{shown}`", do)


def _either(holder: object, at: int | str, it: ast.BoolOp, scope: str) -> Iterator[Change]:
    other = ast.BoolOp(ast.Or() if isinstance(it.op, ast.And) else ast.And(), it.values)
    yield _replace(holder, at, it, other, scope, f"`{_shown(it)}` becomes `{_shown(other)}`")
    for number, value in enumerate(it.values):
        rest = [*it.values[:number], *it.values[number + 1 :]]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(it.op, rest)
        yield _replace(holder, at, it, left, scope, f"`{_shown(value)}` is left out of `{_shown(it)}`")


def _reckoned(it: ast.BinOp | ast.AugAssign, scope: str) -> Iterator[Change]:
    other = _RECKONED.get(type(it.op))
    if other is not None:

        def do(other: type[ast.operator] = other) -> None:
            it.op = other()

        yield Change(it.lineno, scope, f"`{_shown(it)}` with {other.__name__} for {type(it.op).__name__}", do)


def _constant(holder: object, at: int | str, it: ast.Constant, scope: str) -> Iterator[Change]:
    value = it.value
    other: object
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int):
        other = value + 1
    elif isinstance(value, str):
        other = "" if value else "?"
    else:
        return
    yield _replace(holder, at, it, ast.Constant(other), scope, f"{value!r} becomes {other!r}")


def _called(it: ast.Call, scope: str) -> Iterator[Change]:
    name = it.func.id if isinstance(it.func, ast.Name) else ""
    if name in _CALLED and isinstance(it.func, ast.Name):
        yield _attribute(it.func, "id", _CALLED[name], scope)
    if name in _ONLY_FOR_SHAPE:
        return
    for word in it.keywords:
        if word.arg is not None and word.arg not in _ONLY_A_CHECK:

            def do(word: ast.keyword = word) -> None:
                it.keywords.remove(word)

            yield Change(it.lineno, scope, f"`{word.arg}=` is left out of `{_shown(it)}`", do)


def _shortened(it: ast.expr, elements: list[ast.expr], scope: str) -> Iterator[Change]:
    for one in elements:

        def do(one: ast.expr = one) -> None:
            elements.remove(one)

        yield Change(one.lineno, scope, f"`{_shown(one)}` is left out of `{_shown(it)}`", do)


def _without_keys(it: ast.Dict, scope: str) -> Iterator[Change]:
    for key in it.keys:
        if key is None:
            continue

        def do(key: ast.expr = key) -> None:
            at = it.keys.index(key)
            del it.keys[at], it.values[at]

        yield Change(key.lineno, scope, f"`{_shown(key)}` is left out of `{_shown(it)}`", do)

"""Statements that are compiled once, for the path where hundreds of them run each second.

Going through SQLAlchemy costs ten times what SQLite itself does: here the compiled text goes to the driver, with the
same types and the same exceptions.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Values = dict[str, Any]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    takes: tuple[tuple[str, _Convert | None], ...]
    """Names and conversions, in the text's order."""
    fixed: Values
    """What stands in the statement itself."""
    gives: tuple[_Convert | None, ...]

    knows_names: bool
    """Whether the driver wants the values by their names, and not in the text's order."""

    def bound(self, values: Values) -> list[Any] | Values:
        """The values as the driver takes them."""
        if self.fixed:
            values = self.fixed | values
        if self.knows_names:
            return {name: values[name] if convert is None else convert(values[name]) for name, convert in self.takes}
        return [values[name] if convert is None else convert(values[name]) for name, convert in self.takes]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put; between `flowing` statements its rows may still be on their way."""

    connection: sa.Connection
    text: str
    found: Any
    """The driver's cursor."""
    gives: tuple[_Convert | None, ...]
    make: Callable[[Any], Any]

    def rows(self) -> list[Any]:
        """What it found."""
        with _as_sqlalchemy(self.connection, self.text):
            found = self.found.fetchall()
        make, gives = self.make, self.gives
        if not any(gives):
            return [make(row) for row in found]
        return [make([v if g is None else g(v) for g, v in zip(gives, row, strict=True)]) for row in found]


@dataclass(frozen=True, slots=True)
class Sent:
    """A change that was sent; what became of it is known when the statements have ceased `flowing`."""

    done: Any
    """The driver's cursor."""

    @property
    def changed(self) -> int:
        """How many rows."""
        return int(self.done.rowcount)


class Prepared:
    """One statement whose values are named by its bind parameters, or for an insert by its columns.

    Rows are named tuples: their columns are read like those of SQLAlchemy's.
    """

    def __init__(
        self,
        statement: sa.Select[Any] | sa.Insert | sa.Update,
        columns: Sequence[str] = (),
        *,
        keeps_plan: bool = True,
    ) -> None:
        """`columns` are those that an insert gives. PostgreSQL keeps a plan for long: of a question about a table that
        may have been tiny when it was made, it had better be made anew each time.
        """
        self._statement = statement
        self._keeps_plan = keeps_plan
        self._columns = list(columns) or None
        self._compiled: dict[str, _Compiled] = {}
        self._selected = tuple(statement.selected_columns) if isinstance(statement, sa.Select) else ()
        names = [it.name for it in self._selected]
        row: Any = namedtuple("Found", names)  # type: ignore[misc]  # noqa: PYI024 - its names are not known before
        self._make: Callable[[Any], Any] = row._make

    def ask(self, connection: sa.Connection, values: Values) -> Asked:
        """Put a select's question; what it finds is fetched from what this returns."""
        compiled = self._for(connection)
        if self._keeps_plan or connection.dialect.name == "sqlite":
            cursor = to_driver(connection, compiled.text, compiled.bound(values))
        else:
            with _as_sqlalchemy(connection, compiled.text) as driver:
                cursor = driver.execute(compiled.text, compiled.bound(values), prepare=False)
        return Asked(connection, compiled.text, cursor, compiled.gives, self._make)

    def rows(self, connection: sa.Connection, values: Values) -> list[Any]:
        """What a select finds."""
        return self.ask(connection, values).rows()

    def row(self, connection: sa.Connection, values: Values) -> Any:  # noqa: ANN401 - as SQLAlchemy's rows
        """The first row; None where there is none."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def run(self, connection: sa.Connection, values: Values) -> int:
        """Do it; how many rows it changed."""
        compiled = self._for(connection)
        return int(to_driver(connection, compiled.text, compiled.bound(values)).rowcount)

    def run_each(self, connection: sa.Connection, many: Sequence[Values]) -> Sent | None:
        """Do it for each of these values."""
        if not many:
            return None
        compiled = self._for(connection)
        if len(many) == 1:
            return Sent(to_driver(connection, compiled.text, compiled.bound(many[0])))
        with _as_sqlalchemy(connection, compiled.text) as driver:
            cursor = driver.cursor()
            cursor.executemany(compiled.text, [compiled.bound(values) for values in many])
        return Sent(cursor)

    def _for(self, connection: sa.Connection) -> _Compiled:
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(connection.dialect)
        return self._compiled[name]

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        made: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        takes, fixed = [], {}
        for name in made.positiontup or made.bind_names.values():
            bind = made.binds[name]
            takes.append((name, bind.type.dialect_impl(dialect).bind_processor(dialect)))
            if not bind.required:
                fixed[name] = bind.value
        gives = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in self._selected)
        return _Compiled(made.string, tuple(takes), fixed, gives, knows_names=dialect.name != "sqlite")


def run_text(connection: sa.Connection, text: str) -> None:
    """A statement without values and without an answer."""
    to_driver(connection, text, None)


def to_driver(connection: sa.Connection, text: str, values: Sequence[Any] | Values | None) -> Any:  # noqa: ANN401 - a driver's cursor
    """A text of one engine's own, with values as its driver takes them."""
    with _as_sqlalchemy(connection, text) as driver:
        return driver.execute(text) if values is None else driver.execute(text, values)


@contextmanager
def flowing(connection: sa.Connection) -> Iterator[None]:
    """Statements within are sent one after the other, and the database works on them while the next are made up. Only
    fetching waits. What one of them raises is raised by a later one, or at the end: they succeed or fail together.
    Within, statements must go straight to the driver, as those of this module do.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    with _as_sqlalchemy(connection, "") as driver, driver.pipeline():
        yield


@contextmanager
def _as_sqlalchemy(connection: sa.Connection, text: str) -> Iterator[Any]:
    """The driver's connection; what its driver raises comes out as SQLAlchemy would have raised it."""
    driver: Any = connection.connection.dbapi_connection
    dialect = connection.dialect
    errors: Any = dialect.dbapi
    try:
        yield driver
    except errors.Error as error:
        is_lost = dialect.is_disconnect(error, driver, None)
        if is_lost and not connection.invalidated:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(
            text, None, error, errors.Error, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
        ) from error

"""Statements that are compiled once, for the path where hundreds of them run each second.

Going through SQLAlchemy costs ten times what SQLite itself does: there the compiled text goes to the driver, with the
same types and the same exceptions. On PostgreSQL the compiled text goes through SQLAlchemy's connection, which knows
what to do when the line breaks.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
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

    def bound(self, values: Values) -> list[Any]:
        """The values as SQLite's driver takes them."""
        if self.fixed:
            values = self.fixed | values
        return [values[name] if convert is None else convert(values[name]) for name, convert in self.takes]

    def named(self, values: Values) -> Values:
        """The values as a driver takes them that knows names."""
        return dict(zip((name for name, _ in self.takes), self.bound(values), strict=True))


class Prepared:
    """One statement whose values are named by its bind parameters, or for an insert by its columns.

    Rows are named tuples: their columns are read like those of SQLAlchemy's.
    """

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update, columns: Sequence[str] = ()) -> None:
        """`columns` are those that an insert gives."""
        self._statement = statement
        self._columns = list(columns) or None
        self._compiled: dict[str, _Compiled] = {}
        self._selected = tuple(statement.selected_columns) if isinstance(statement, sa.Select) else ()
        names = [it.name for it in self._selected]
        row: Any = namedtuple("Found", names)  # type: ignore[misc]  # noqa: PYI024 - its names are not known before
        self._make: Callable[[Any], Any] = row._make

    def rows(self, connection: sa.Connection, values: Values) -> list[Any]:
        """What a select finds."""
        compiled = self._for(connection)
        found = self._execute(connection, compiled, values).fetchall()
        make, gives = self._make, compiled.gives
        return [make([v if g is None else g(v) for g, v in zip(gives, row, strict=True)]) for row in found]

    def row(self, connection: sa.Connection, values: Values) -> Any:  # noqa: ANN401 - as SQLAlchemy's rows
        """The first row; None where there is none."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def run(self, connection: sa.Connection, values: Values) -> int:
        """Do it; how many rows it changed."""
        return int(self._execute(connection, self._for(connection), values).rowcount)

    def run_each(self, connection: sa.Connection, many: Sequence[Values]) -> None:
        """Do it for each of these values."""
        if not many:
            return
        compiled = self._for(connection)
        if connection.dialect.name == "sqlite":
            _to_driver(connection, "executemany", compiled.text, [compiled.bound(values) for values in many])
        else:
            connection.exec_driver_sql(compiled.text, [compiled.named(values) for values in many])

    def _execute(self, connection: sa.Connection, compiled: _Compiled, values: Values) -> Any:  # noqa: ANN401 - a driver's cursor
        if connection.dialect.name == "sqlite":
            return _to_driver(connection, "execute", compiled.text, compiled.bound(values))
        return connection.exec_driver_sql(compiled.text, compiled.named(values))

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
        return _Compiled(made.string, tuple(takes), fixed, gives)


def run_text(connection: sa.Connection, text: str) -> None:
    """A statement without values and without an answer."""
    if connection.dialect.name == "sqlite":
        _to_driver(connection, "execute", text, [])
    else:
        connection.exec_driver_sql(text)


def run_driver(connection: sa.Connection, text: str, values: Values) -> Any:  # noqa: ANN401 - a result or a cursor
    """A text of one engine's own, with named values."""
    return connection.exec_driver_sql(text, values)


def _to_driver(connection: sa.Connection, method: str, text: str, values: Sequence[Any]) -> Any:  # noqa: ANN401 - a driver's cursor
    driver: Any = connection.connection.dbapi_connection
    errors: Any = connection.dialect.dbapi
    try:
        return getattr(driver, method)(text, values)
    except errors.Error as error:
        raise sa.exc.DBAPIError.instance(
            text, None, error, errors.Error, hide_parameters=True, dialect=connection.dialect
        ) from error

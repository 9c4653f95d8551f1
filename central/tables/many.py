"""Statements about many things at once, with one value however many there are: so that their text never changes.

SQLite takes lists as JSON. PostgreSQL takes them as arrays, and rows as JSON, for one statement costs it less than one
for each row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from central.tables.prepared import Prepared, Values, to_driver

_ROWS: TypeAdapter[list[Values]] = TypeAdapter(list[Values])


class _Ids(sa.types.UserDefinedType[Any]):
    """A list of ids as one value."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        """As the driver takes it."""
        if dialect.name == "sqlite":
            return lambda ids: json.dumps([it.hex for it in ids])
        return lambda ids: "{" + ",".join([it.hex for it in ids]) + "}"


class _Texts(sa.types.UserDefinedType[Any]):
    """A list of texts as one value."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        """As the driver takes it."""
        return json.dumps if dialect.name == "sqlite" else list


class _Numbered(sa.types.UserDefinedType[Any]):
    """A list of pairs, each an id and a number, as one value."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        """As the driver takes it."""
        if dialect.name == "sqlite":
            return lambda pairs: json.dumps([[one.hex, no] for one, no in pairs])
        return lambda pairs: [f"{one.hex} {no}" for one, no in pairs]


class _Among(sa.ColumnElement[bool]):
    """Whether some columns are what is bound by their names, and others one of the values of a list."""

    inherit_cache = False

    def __init__(
        self, fixed: Sequence[sa.Column[UUID]], columns: Sequence[sa.Column[Any]], listed: sa.BindParameter[Any]
    ) -> None:
        self.type = sa.Boolean()
        self.fixed = [(it, sa.bindparam(it.name, type_=sa.Uuid())) for it in fixed]
        self.columns = columns
        self.listed = listed

    def self_group(self, against: Any = None) -> Any:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """As it is: SQLAlchemy would write `= 1` behind it on SQLite, and no index would be taken."""
        return self


def one_of(tenant: sa.Column[UUID], column: sa.Column[UUID], name: str) -> sa.ColumnElement[bool]:
    """Whether a row is the tenant's (bound by the name of its column), and one of the ids that are bound by `name`."""
    return _Among((tenant,), (column,), sa.bindparam(name, type_=_Ids()))


def one_of_texts(tenant: Sequence[sa.Column[UUID]], column: sa.Column[str], name: str) -> sa.ColumnElement[bool]:
    """The same for texts, where the tenant's name may have several parts."""
    return _Among(tenant, (column,), sa.bindparam(name, type_=_Texts()))


def one_of_numbered(
    tenant: sa.Column[UUID], column: sa.Column[UUID], number: sa.Column[int], name: str
) -> sa.ColumnElement[bool]:
    """The same for pairs of an id and a number."""
    return _Among((tenant,), (column, number), sa.bindparam(name, type_=_Numbered()))


@compiles(_Among, "sqlite")
def _among_on_sqlite(element: _Among, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    fixed, columns, listed = _parts(element, compiler, given)
    values = "value" if len(element.columns) == 1 else "json_extract(value, '$[0]'), json_extract(value, '$[1]')"
    return f"{fixed} AND ({columns}) IN (SELECT {values} FROM json_each({listed}))"  # noqa: S608 - our own names, and binds


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 - as above
    fixed, columns, listed = _parts(element, compiler, given)
    if len(element.columns) == 1:
        kind = element.columns[0].type.compile(dialect=compiler.dialect)
        return f"{fixed} AND {columns} = ANY(CAST({listed} AS {kind}[]))"
    # PostgreSQL expects few elements of an array and many of JSON, for which it would read the whole table.
    values = "split_part(pair, ' ', 1)::uuid, split_part(pair, ' ', 2)::int"
    pairs = f"SELECT {values} FROM unnest(CAST({listed} AS text[])) AS pair"  # noqa: S608 - as above
    return f"{fixed} AND ({columns}) IN ({pairs})"


def _parts(element: _Among, compiler: SQLCompiler, given: dict[str, Any]) -> tuple[str, str, str]:
    fixed = " AND ".join(
        f"{compiler.process(it, **given)} = {compiler.process(value, **given)}" for it, value in element.fixed
    )
    columns = ", ".join(compiler.process(it, **given) for it in element.columns)
    return fixed, columns, compiler.process(element.listed, **given)


class ManyRows:
    """Inserts rows of one table, all with the same columns."""

    def __init__(self, table: sa.Table, columns: Sequence[str]) -> None:
        self._one = Prepared(table.insert(), columns)
        self._of_bytes = [name for name in columns if isinstance(table.c[name].type, sa.LargeBinary)]
        listed = ", ".join(columns)
        self._text = (
            f"INSERT INTO {table.name} ({listed}) "  # noqa: S608 - names of our own tables and columns
            f"SELECT {listed} FROM json_populate_recordset(NULL::{table.name}, CAST(%(rows)s AS json))"
        )

    def insert(self, connection: sa.Connection, rows: Sequence[Values]) -> None:
        """Put them in."""
        if connection.dialect.name == "sqlite" or len(rows) == 1:
            self._one.run_each(connection, rows)
        elif rows:
            if self._of_bytes:
                rows = [row | {name: _as_text(row[name]) for name in self._of_bytes} for row in rows]
            to_driver(connection, self._text, {"rows": as_json(rows)})


def as_json(rows: Sequence[Values]) -> str:
    """Rows without bytes as PostgreSQL reads them from JSON."""
    return _ROWS.dump_json(list(rows)).decode()


def _as_text(value: bytes | None) -> str | None:
    """Bytes as PostgreSQL reads them from a text."""
    return None if value is None else f"\\x{value.hex()}"

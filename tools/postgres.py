"""A PostgreSQL cluster of one's own, for tests and benches: made in a new folder, on a free port of 127.0.0.1, removed
at the end. It ends with the process that started it, even if that is killed.

PostgreSQL refuses to run as root: then it runs as the user `postgres`, whom Debian's package makes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from lab.reserved_port import ReservedPort

_DEBIAN = Path("/usr/lib/postgresql")
_OWNER = "postgres"
_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.02


class NoPostgres(RuntimeError):
    """The programs are not installed, or the cluster did not come up."""


def programs() -> Path:
    """Where the newest installed PostgreSQL has its programs. Raises NoPostgres."""
    found = sorted(_DEBIAN.glob("*/bin/postgres"), key=lambda it: float(it.parents[1].name))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("postgres")
    if elsewhere is None:
        raise NoPostgres("PostgreSQL is not installed: sh packaging/setup.sh")
    return Path(elsewhere).resolve().parent


class Cluster:
    """One cluster: started, stopped, killed and started again on the same port."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        """`folder` is new and empty. Without `is_durable` a crash of the machine may lose what was committed."""
        self._folder = folder
        self._data = folder / "data"
        self._place = ReservedPort()  # also while it does not run
        self._process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:
            owner = pwd.getpwnam(_OWNER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run_to_end("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "postgres")
        self._place.take()
        safety = "" if is_durable else "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
        settings = (
            f"port = {self._place.number}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}'\n"
            f"shared_buffers = 32MB\nmax_connections = 100\nautovacuum_naptime = 1h\njit = off\n"
            f"deadlock_timeout = 100ms\nmax_wal_size = 1GB\n{safety}"
        )
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(settings)

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self._place.number}/{database}"

    def start(self) -> None:
        """Start, and wait until it takes connections. Raises NoPostgres."""
        ends = time.monotonic() + _PATIENCE_S
        while time.monotonic() < ends:
            if self._process is None:
                self._process = self._launch()
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_LOOK_AGAIN_S)
                    self._process = None  # what was left of a killed one was still in the way
            else:
                return
        raise NoPostgres(self.log[-2000:])

    def stop(self) -> None:
        """End it at once and in order; harmless when it does not run."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_PATIENCE_S)
            self._process = None

    def kill(self) -> None:
        """`kill -9` of the server and of all that it has started."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        self._process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self._process.wait(_PATIENCE_S)
        self._process = None

    def create(self, name: str, *, template: str = "template0") -> str:
        """A new database, made like `template`; its address. Nobody may be connected to the template."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Away with a database, and with whoever is connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _launch(self) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            command = [*_as_owner(), "--pdeathsig", "QUIT", str(programs() / "postgres"), "-D", str(self._data)]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder)

    def _run_to_end(self, program: str, *words: str) -> None:
        command = [*_as_owner(), str(programs() / program), "-D", str(self._data), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self._folder)
        if done.returncode:
            raise NoPostgres(done.stderr[-2000:])


def _as_owner() -> list[str]:
    if os.getuid() != 0:
        return ["setpriv"]
    return ["setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--clear-groups"]


def _memory() -> Path | None:
    """A folder in memory, where there is one with room: making a database there takes 30 ms instead of 200."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ROOM:
        return None
    return _MEMORY


@contextmanager
def folder_in_memory(prefix: str) -> Iterator[Path]:
    """A folder for what need not outlive a crash of the machine; on disk where memory has no room."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir=_memory()) as folder:
        yield Path(folder)


@contextmanager
def cluster(*, is_durable: bool = False) -> Iterator[Cluster]:
    """A running cluster until the block ends. Raises NoPostgres."""
    with tempfile.TemporaryDirectory(prefix="postgres-", dir=None if is_durable else _memory()) as folder:
        one = Cluster(Path(folder), is_durable=is_durable)
        try:
            one.start()
            yield one
        finally:
            one.stop()

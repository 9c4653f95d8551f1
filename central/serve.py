"""Serving: one process, one socket, and an end within two seconds."""

from __future__ import annotations

import resource
import socket
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from central.appointments.due import Due
from central.clockwork import Clockwork
from central.credit.relay import Relay
from central.feedback.due import FeedbackDue
from central.hospital_systems.inbox import Inbox
from central.hospital_systems.intake import Intake
from central.people.sealing import make_first_keys
from central.policies.starting import PolicyStarts
from central.rosters.release import Release
from central.tables.database import Database
from central.web.app import create_app, open_parts
from central.web.parts import Parts
from central.web.patience import ImpatientProtocol

_LAST_ANSWERS_S = 1


class EndingServer(uvicorn.Server):
    """Sends those who wait for news home before it waits for them."""

    def __init__(self, config: uvicorn.Config, parts: Parts) -> None:
        super().__init__(config)
        self._parts = parts

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """SIGTERM and SIGINT come here; the second one ends at once.

        Unlike in uvicorn they are not raised again afterwards: the store is closed first, and an end is no failure.
        """
        self._parts.bell.stop()
        self.force_exit = self.should_exit
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """The socket, open before anything says so. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, so that asyncio sends small answers at once (TCP_NODELAY) instead of after 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening


def allow_many_connections() -> None:
    """As many open files as the system lets this process have: each terminal keeps a connection or two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def configured(app: ASGIApp, *, protocol: type[ImpatientProtocol] = ImpatientProtocol) -> uvicorn.Config:
    """How uvicorn serves an application. Its records go where the process's own go."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS_S,
    )


def begin_clockwork(parts: Parts, inbox: Path | None = None) -> Clockwork:
    """Set going what is done by the clock. Each step may be done by several servers side by side."""
    ask, write, keys = parts.reader.submit, parts.writer.submit, parts.keys

    def is_ending() -> bool:
        return parts.bell.is_stopped

    steps = {
        "release": Release(ask=ask, write=write, is_ending=is_ending).step,
        "relay": Relay(ask=ask, write=write, keys=keys, is_ending=is_ending).step,
        "due": Due(ask=ask, write=write, keys=keys, is_ending=is_ending).step,
        "policies": PolicyStarts(ask=ask, write=write).step,
        "feedback": FeedbackDue(ask=ask, write=write, is_ending=is_ending).step,
    }
    if inbox is not None:
        intake = Intake(ask=ask, write=write, keys=keys)
        steps["inbox"] = Inbox(inbox, ask=ask, intake=intake, is_ending=is_ending).step
    return Clockwork(steps, clock=parts.clock)


def serve(
    *, data: Path, database: Database, host: str, port: int, port_file: Path | None, inbox: Path | None = None
) -> int:
    """Serve until told to end; the real port is printed and written first. `inbox`: where CSV files are left."""
    parts = open_parts(data, database=database)
    try:
        allow_many_connections()
        make_first_keys(parts.reader.submit, parts.writer.submit, parts.keys, parts.moment())
        listening = listen(host, port)
        real_port = listening.getsockname()[1]
        config = configured(create_app(parts))
        listening.listen(config.backlog)
        if port_file is not None:
            part = port_file.with_suffix(".part")
            part.write_text(f"{real_port}\n", encoding="ascii")
            part.replace(port_file)
        print(f"serving on http://{host}:{real_port}", flush=True)  # noqa: T201 - said to whoever started it
        clockwork = begin_clockwork(parts, inbox)
        try:
            EndingServer(config, parts).run(sockets=[listening])
        finally:
            clockwork.close()
    finally:
        parts.close()
    return 0

"""The ways in which a place can be asked for (rule B1)."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """Who asks. Each has a quota of its own and can be switched off alone.  # rule B1"""

    KIOSK = "kiosk"
    WEB = "web"
    APP = "app"
    PHONE = "phone"
    WINDOW = "window"
    GUIDE_DESK = "guide_desk"
    CONSULTING_ROOM = "consulting_room"
    COMMUNITY = "community"
    SERVICE_HALL = "service_hall"
    PARTNER = "partner"

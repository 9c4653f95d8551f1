"""Colours, fonts and the style sheet of the panel: a calm desktop tool for the mouse, at 100 %.

Decides looks only. The panel has a style of its own: it must never be taken for the terminal.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont

from lab.panel.seen import News

FAMILIES: Final = ("Noto Sans CJK SC", "Noto Sans SC", "HanaMinA", "HanaMinB")
"""Rare characters of names, outside the first font, come from the Hanazono fonts."""

INK: Final = "#15242D"
INK_SOFT: Final = "#566773"
INK_FAINT: Final = "#6F7F8A"
DESK: Final = "#EEF1F3"
SURFACE: Final = "#FFFFFF"
WELL: Final = "#EEF2F4"
LINE: Final = "#DCE3E7"
BAR: Final = "#12232E"
BAR_SOFT: Final = "#9FB3BF"
ACCENT: Final = "#0B6A73"
ACCENT_DEEP: Final = "#08525A"
ACCENT_SOFT: Final = "#E2F1F2"
GOOD: Final = "#1B7F5C"
GOOD_SOFT: Final = "#E0F3EA"
CARE: Final = "#9A5B00"
CARE_SOFT: Final = "#FFF1D9"
BAD: Final = "#B3261E"
BAD_SOFT: Final = "#FBE7E4"
OFF: Final = "#94A3AD"

NEWS: Final = {News.PLAIN: OFF, News.GOOD: GOOD, News.CARE: "#E09A1F", News.BAD: "#D33B2F"}
"""The lamp's colour for each kind of news."""


def font(size_px: int, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The panel's font at a size in pixels."""
    made = QFont(list(FAMILIES))
    made.setPixelSize(size_px)
    made.setWeight(weight)
    return made


_QUOTED = ", ".join(f'"{family}"' for family in FAMILIES)
SHEET: Final = f"""
* {{ font-family: {_QUOTED}; font-size: 13px; color: {INK}; }}
#panel {{ background: {DESK}; }}
#bar {{ background: {BAR}; }}
#bar QLabel {{ color: white; }}
#bar QLabel[kind="caption"] {{ color: {BAR_SOFT}; font-size: 12px; }}
#bar QLabel[kind="figure"] {{ font-size: 20px; font-weight: bold; }}
#bar QLabel[kind="title"] {{ font-size: 17px; font-weight: bold; }}
QFrame[kind="section"] {{ background: {SURFACE}; border: 1px solid {LINE}; border-radius: 10px; }}
QLabel[kind="heading"] {{ font-size: 13px; font-weight: bold; }}
QLabel[kind="name"] {{ font-size: 21px; font-weight: bold; }}
QLabel[kind="caption"] {{ font-size: 12px; color: {INK_SOFT}; }}
QLabel[kind="number"] {{ font-size: 17px; font-weight: bold; }}
QLabel[kind="strong"] {{ font-size: 14px; font-weight: bold; }}
QLabel[kind="tag"] {{
    font-size: 12px; color: {ACCENT_DEEP}; background: {ACCENT_SOFT}; border-radius: 9px; padding: 1px 9px 2px 9px;
}}
QLineEdit {{
    background: {WELL}; border: 1px solid {WELL}; border-radius: 8px; padding: 6px 10px;
    selection-background-color: {ACCENT};
}}
QLineEdit:focus {{ background: {SURFACE}; border-color: {ACCENT}; }}
QPushButton {{
    background: {SURFACE}; border: 1px solid #C7D1D7; border-radius: 7px; padding: 5px 12px; min-height: 18px;
}}
QPushButton:hover {{ background: #F6F9FA; border-color: #9DAEB8; }}
QPushButton:pressed {{ background: {WELL}; }}
QPushButton:focus {{ border-color: {ACCENT}; }}
QPushButton:disabled {{ color: #93A1AA; background: #F6F8F9; border-color: {LINE}; }}
QPushButton[kind="primary"] {{ background: {ACCENT}; border-color: {ACCENT}; color: white; font-weight: bold; }}
QPushButton[kind="primary"]:hover {{ background: {ACCENT_DEEP}; }}
QPushButton[kind="primary"]:disabled {{ background: #B9CED1; border-color: #B9CED1; color: white; }}
QPushButton[kind="quiet"] {{
    color: {ACCENT}; background: transparent; border: 1px solid transparent; padding: 3px 8px; font-weight: bold;
}}
QPushButton[kind="quiet"]:hover {{ background: {ACCENT_SOFT}; }}
QPushButton[kind="quiet"]:focus {{ border-color: {ACCENT}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QFrame[kind="segments"] {{ background: {WELL}; border: none; border-radius: 8px; }}
QPushButton[kind="segment"] {{
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 2px; font-size: 12px;
    color: {INK_SOFT};
}}
QPushButton[kind="segment"]:hover {{ color: {INK}; background: #E3E9EC; }}
QPushButton[kind="segment"]:focus {{ border-color: {ACCENT}; }}
QPushButton[kind="segment"]:checked {{ background: {SURFACE}; border-color: #CBD5DA; color: {INK}; font-weight: bold; }}
QPushButton[kind="segment"][news="bad"]:checked {{ background: {BAD_SOFT}; border-color: #EBB7B1; color: {BAD}; }}
QPushButton[kind="segment"][news="care"]:checked {{ background: {CARE_SOFT}; border-color: #EBCB94; color: {CARE}; }}
QListView {{ background: {SURFACE}; border: none; outline: none; }}
QMenu {{ background: {SURFACE}; border: 1px solid {LINE}; padding: 5px; }}
QMenu::item {{ padding: 6px 18px; border-radius: 5px; }}
QMenu::item:selected {{ background: {ACCENT_SOFT}; color: {ACCENT_DEEP}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: #C5D0D6; border-radius: 3px; margin: 1px 2px; min-height: 30px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: #C5D0D6; border-radius: 3px; margin: 2px 1px; min-width: 30px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {BAR}; color: white; border: none; padding: 4px 8px; }}
"""

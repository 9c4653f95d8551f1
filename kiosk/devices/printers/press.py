"""From a ticket to the bytes of a job: fonts, layout, page, bytes. For the printer's thread: it is slow to import."""

from __future__ import annotations

import logging
import struct
from collections import Counter
from dataclasses import dataclass

from escpos.exceptions import Error as EscposError
from PIL import Image

from kiosk.devices.printers.drawings import NotDrawable
from kiosk.devices.printers.escpos_bytes import JobBytes, encode_job
from kiosk.devices.printers.font_choice import FontChoice
from kiosk.devices.printers.fonts import FontChain, find_faces
from kiosk.devices.printers.layout import layout
from kiosk.devices.printers.page_items import PageLayout, Run
from kiosk.devices.printers.profile import Profile
from kiosk.devices.printers.raster import rasterize
from kiosk.ports.tickets import Align, BigNumber, KeyValue, Mark, Notice, QrCode, Rule, Size, Text, Ticket

_log = logging.getLogger(__name__)

_FOREIGN = (OSError, ValueError, ArithmeticError, LookupError, MemoryError, SystemError, struct.error, EscposError)
"""What Pillow and python-escpos raise where they name anything; any other exception is a bug of ours."""


@dataclass(frozen=True)
class Page:
    """A ticket as dots. `missing` are the code points that no font has: they stand on the page as boxed codes."""

    image: Image.Image
    missing: tuple[int, ...]


class Press:
    """Turns tickets into pages and jobs for one printer profile."""

    def __init__(self, profile: Profile, faces: FontChain) -> None:
        self._profile = profile
        self._fonts = faces

    def page(self, ticket: Ticket) -> Page:
        """Lay out and draw a ticket."""
        laid_out = layout(ticket, self._profile.width_dots, self._fonts)
        image = rasterize(laid_out, self._fonts)
        self._fonts.forget_texts()
        self._fonts.keep_only(_worth_keeping(laid_out))
        if laid_out.missing:
            _log.warning("%d characters of a ticket are in no font; they are printed as codes", len(laid_out.missing))
        return Page(image, laid_out.missing)

    def job(self, ticket: Ticket, fence_id: bytes) -> JobBytes:
        """The bytes that print a ticket once. Raises NotDrawable, whatever the libraries say."""
        try:
            return encode_job(self.page(ticket).image, self._profile, fence_id)
        except _FOREIGN as problem:
            raise NotDrawable(type(problem).__name__) from problem

    def rest(self) -> None:
        """Close all fonts: nobody prints. The next ticket opens its own."""
        self._fonts.keep_only(())


def _worth_keeping(page: PageLayout) -> set[tuple[int, int]]:
    """The faces and sizes that the next ticket will be set in too. Not those that were only tried, nor one of a single
    run, such as the number's: that is opened again as quickly as it is drawn.
    """
    runs = Counter((item.face, item.size) for item in page.items if isinstance(item, Run))
    return {font for font, count in runs.items() if count > 1}


def open_press(profile: Profile, choice: FontChoice) -> Press:
    """Find the fonts and warm everything up with a specimen. Raises FontsMissing or NotDrawable."""
    press = Press(profile, FontChain(find_faces(choice)))
    press.job(_SPECIMEN, b"0000")
    return press


_SPECIMEN = Ticket(
    template="specimen",
    template_version=1,
    language="zh-CN",
    blocks=(
        Text("门诊 Aa", Size.TITLE, Align.CENTRE, is_bold=True),
        Text("门诊 Aa", Size.LARGE),
        Text("门诊 Aa", Size.NORMAL),
        Text("𠮷", Size.SMALL),
        Mark("补打"),
        BigNumber("A001", "序号"),
        KeyValue("科室 Aa", "𠮷 Aa"),
        Rule(),
        Notice("请候诊 Aa"),
        QrCode("B1000000000000", "二维码"),
    ),
)

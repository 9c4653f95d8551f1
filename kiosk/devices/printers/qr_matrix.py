"""The squares of a QR code. The only importer of qrcode, which comes with python-escpos."""

from __future__ import annotations

import qrcode  # type: ignore[import-untyped]  # it ships no types

QUIET_MODULES = 4
"""White modules around the code that ISO/IEC 18004 asks for."""


def qr_matrix(data: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, True is black, without the quiet zone; error correction M. Raises ValueError when too long."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    try:
        code.add_data(data, optimize=0)
        code.make(fit=True)
    except qrcode.exceptions.DataOverflowError as problem:
        raise ValueError("the data do not fit into a QR code") from problem
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())

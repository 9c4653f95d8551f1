"""Drivers: card readers, printers, scanner, clock. Each turns what its hardware says into events of `kiosk.ports`."""

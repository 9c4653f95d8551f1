"""Bookings (rules D3, D13)."""

"""Ticket printers: a ticket's layout, its page, the bytes, the link, and the one worker that owns the printer."""

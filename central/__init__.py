"""The booking server: what is booked, who is here, and the copy of it that terminals hold."""

"""Places lent to terminals: what is lent, sold from a lease, given back, or released by two of the staff."""

"""Check-in (rule G1): asked on line, or told afterwards by a terminal that was off line."""

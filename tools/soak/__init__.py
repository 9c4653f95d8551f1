"""Long runs of the terminal: `python -m tools.soak --part visits --minutes 10`."""

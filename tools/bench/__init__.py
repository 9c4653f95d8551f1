"""How fast and how large the terminal is, each figure beside its floor. `python -m tools.bench`."""

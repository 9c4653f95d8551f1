"""A visit, as a pure machine: states, events, effects, and what the screen shows."""

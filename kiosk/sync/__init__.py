"""The terminal's side of the wire: identity, exchanges, outbox, mirror, and the worker that keeps them going."""

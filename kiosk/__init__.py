"""The terminal: what stands in the lobby. See ARCHITECTURE.md for its parts."""

"""The terminal's durable memory: one encrypted SQLite file, one process, every call one transaction."""

"""The channels that book beside terminals: their clients, and the answers they were given (rule B1)."""

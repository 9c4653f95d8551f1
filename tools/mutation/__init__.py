"""Mutation testing of the rule book: small changes, one at a time, and whether a test notices."""

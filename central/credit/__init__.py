"""The trust ledger of the group, and what each hospital is told of it (rules F1-F6)."""

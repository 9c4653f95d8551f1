"""The copy that terminals hold: the snapshot and the feed that goes on after it."""

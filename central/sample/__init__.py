"""An invented group of two hospitals, for demonstrations, tests and benches: the same for the same seed and day."""

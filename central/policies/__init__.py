"""The hospital's settings, version by version."""

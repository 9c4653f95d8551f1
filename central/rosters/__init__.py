"""Hospitals, their departments, doctors and places, and the sessions with their numbered places (rule C1)."""

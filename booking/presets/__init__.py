"""The presets: one file of settings for each regulation, and the cases that show what it decides."""

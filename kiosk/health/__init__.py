"""The terminal looks after itself: what it writes down, what it does about bugs, and how others ask how it is."""

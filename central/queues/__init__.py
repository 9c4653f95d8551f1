"""The queues of a day: who waits where, and who was called (rules G3, J4)."""

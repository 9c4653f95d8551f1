"""Messages to patients: what is to be told, when, and whether it was (rules D4, D5, G9, H1)."""

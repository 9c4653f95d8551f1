"""What is shown to everybody: services with their notice, and announcements (rules C13, D10)."""

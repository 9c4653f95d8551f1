"""Ratings, complaints and help calls (rules B4, I4)."""

"""Painted controls and surfaces. They know the theme and nothing about pages."""

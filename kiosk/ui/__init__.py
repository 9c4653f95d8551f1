"""The terminal's face: draws what `kiosk.journey.screen` describes and reports which control was used.

Decides nothing, queries nothing and formats nothing. The only part of `kiosk` that knows Qt.
"""

"""Hypothesis for the unit layer: short runs without a deadline; the profile `ci` also repeats itself exactly, and
`thorough`, which `make long` takes, looks at many more examples.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_MODEST = settings(max_examples=60, deadline=None, suppress_health_check=(HealthCheck.too_slow,), database=None)
settings.register_profile("modest", _MODEST)
settings.register_profile("ci", _MODEST, derandomize=True)
settings.register_profile("thorough", _MODEST, max_examples=400)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "modest"))

"""Hypothesis profiles: `ci` for every run, `deep` for a long one; HYPOTHESIS_PROFILE names the one to use.

A pytest plugin, named in conftest.py.
"""

from __future__ import annotations

import os

from hypothesis import settings

# An example may be a run of SQL on a busy machine: no deadline. Failures print how to run the example again.
settings.register_profile("ci", max_examples=30, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("deep", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

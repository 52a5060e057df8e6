"""Lands Segment messages in raw tables, made as Segment's warehouse connector makes them."""

from sandbox.lander.errors import LandingError
from sandbox.lander.land import land
from sandbox.lander.report import LandingReport

__all__ = ["LandingError", "LandingReport", "land"]

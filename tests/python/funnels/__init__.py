"""Funnels that an analyst defines."""

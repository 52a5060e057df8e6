"""Errors of the documentation commands."""


class DocsError(Exception):
    """The documentation cannot be made; the message says why and what to do."""

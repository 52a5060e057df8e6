"""The error of a report that cannot be made."""


class ReportError(Exception):
    """A report cannot be made; the message says why and what to do."""

"""What goes wrong in a way that its reader can mend."""


class ReportError(Exception):
    """Says what is wrong and what to do."""

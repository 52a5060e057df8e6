"""What can keep a run from saying anything about the warehouse."""


class ConformanceError(Exception):
    """The run cannot go on; the message says why and what to do."""

"""What may go wrong."""


class DocsError(Exception):
    """Something that whoever made the documentation can mend; the message says how."""

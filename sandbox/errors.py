"""The one error that sandbox commands raise on purpose."""


class SandboxError(Exception):
    """Something the user can mend; the message says what happened and what to do."""

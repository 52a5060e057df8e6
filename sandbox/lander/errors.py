"""What a landing raises."""

from typing import TYPE_CHECKING

from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from sandbox.lander.report import LandingReport


class BadMessage(ValueError):
    """A line is not a message that can land; the text is the reason."""


class LandingError(SandboxError):
    """A file could not be landed and has left nothing behind; the message says which and what to do.

    `report` tells what the same call had landed before; None if it had not begun.
    """

    report: "LandingReport | None" = None

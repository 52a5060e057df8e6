"""Events of one kind on their way to becoming messages."""

from dataclasses import dataclass

from sandbox.simulator.actors import Actor, App
from sandbox.simulator.draws import Ints
from sandbox.simulator.values import Field


@dataclass(frozen=True)
class Batch:
    """All events of one name and one app in a chunk."""

    event: str
    app: App
    at: Ints
    """When each happened: the `timestamp` that a message has if no clock lies."""
    actor: Actor
    fields: dict[str, Field]
    """The properties by their names in the warehouse (snake case)."""
    story: str = ""
    """The story of the trail that its events are from."""

    @property
    def series(self) -> str:
        """The name under which the batch's rows get their keys; no other batch of the chunk has it."""
        return series_name(self.event, self.app, self.story)


def series_name(event: str, app: App, story: str = "") -> str:
    """The name of the series of an event sent by an app, in the main story or in one of its own."""
    return f"{event}/{app}/{story}" if story else f"{event}/{app}"

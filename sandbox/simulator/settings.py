"""What to simulate: how long, how large, and how untidy."""

from dataclasses import dataclass, field, fields
from datetime import date

from sandbox.errors import SandboxError


class SettingsError(SandboxError, ValueError):
    """A setting that makes no sense; the message says which and what would."""


@dataclass(frozen=True)
class Mess:
    """What goes wrong on the way from an event to the warehouse: a share (0 to 1) for each kind.

    The name of a kind is also its name in the mess log. Shares are of the messages that the kind can hit.
    """

    lost: float = 0.0
    """Never arrives."""
    late: float = 0.0
    """Arrives long after it happened: from a browser minutes to weeks, from a server minutes to hours."""
    out_of_order: float = 0.0
    """Received seconds to twenty minutes later than its neighbours in the file."""
    wrong_clock: float = 0.0
    """Of the browsers: the device clock is off, so that two of the four times lie; `timestamp` is right."""
    wrong_timestamp: float = 0.0
    """The device clock jumps between the event and its sending: `timestamp` is off by minutes to days."""
    wrong_epoch: float = 0.0
    """The device believes in 1970 or 2038 at the event: so does `timestamp`."""
    missing_property: float = 0.0
    """One property, but never an id, is absent."""
    null_order_id: float = 0.0
    blank_order_id: float = 0.0
    null_robot_id: float = 0.0
    blank_robot_id: float = 0.0
    trailing_blanks: float = 0.0
    """The order id and the robot id end in blanks."""
    null_message_id: float = 0.0
    duplicate_in_batch: float = 0.0
    """The same message twice in one batch."""
    duplicate_in_sync: float = 0.0
    """Sent again a few seconds later."""
    duplicate_in_later_sync: float = 0.0
    """Sent again hours to two days later."""
    duplicate_by_replay: float = 0.0
    """Landed again weeks later with its old times."""
    replay_changed: float = 0.0
    """Of the replayed copies: a property that the first copy had is absent."""
    table_skip: float = 0.0
    """Of the tables in a sync: the table stays out for one to three syncs and lands later."""

    def __post_init__(self) -> None:
        for kind in fields(self):
            share = getattr(self, kind.name)
            if not 0 <= share <= 1:
                raise SettingsError(f"Mess.{kind.name} is {share}: give a share from 0 to 1.")

    @classmethod
    def none(cls) -> "Mess":
        """Every event arrives once, in time and whole."""
        return cls()

    @classmethod
    def default(cls) -> "Mess":
        """About what a fleet of phones and a twice-daily connector do to data."""
        return cls(
            lost=0.002,
            late=0.01,
            out_of_order=0.01,
            wrong_clock=0.02,
            wrong_timestamp=0.0005,
            wrong_epoch=0.0001,
            missing_property=0.005,
            null_order_id=0.003,
            blank_order_id=0.0005,
            null_robot_id=0.003,
            blank_robot_id=0.0005,
            trailing_blanks=0.001,
            null_message_id=0.00002,
            duplicate_in_batch=0.001,
            duplicate_in_sync=0.002,
            duplicate_in_later_sync=0.001,
            duplicate_by_replay=0.001,
            replay_changed=0.1,
            table_skip=0.005,
        )


@dataclass(frozen=True)
class SimulationSettings:
    """The settings of one simulation. The same settings give the same bytes."""

    seed: int = 1
    start: date = date(2026, 8, 31)
    """First day. Orders are placed from its midnight (UTC) on."""
    days: int = 21
    orders_per_day: int = 128
    """On an average day; fleet, staff and customers are sized to it. One order makes about 24 events."""
    sync_hours: int = 12
    """Hours between two landings in the warehouse; a divisor of 24."""
    mess: Mess = field(default_factory=Mess.default)
    until_all_arrived: bool = False
    """False: the story ends with the sync that lands the last punctual message, and what would arrive after
    it is in the mess log as `not_arrived`. True: syncs go on until every late message has landed."""
    is_cut_short: bool = False
    """True: the story ends with its last day, as data of a running fleet do. What is received later is in the
    mess log as `not_arrived`, even if it is punctual."""

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise SettingsError(f"seed is {self.seed}: give a whole number from 0 on.")
        if not 1 <= self.days <= 3660:
            raise SettingsError(f"days is {self.days}: give 1 to 3660.")
        if not 1 <= self.orders_per_day <= 1_000_000:
            raise SettingsError(f"orders_per_day is {self.orders_per_day}: give 1 to 1000000.")
        if self.sync_hours not in (1, 2, 3, 4, 6, 8, 12, 24):
            raise SettingsError(f"sync_hours is {self.sync_hours}: give 1, 2, 3, 4, 6, 8, 12 or 24.")
        if self.is_cut_short and self.until_all_arrived:
            raise SettingsError("is_cut_short and until_all_arrived contradict each other: give one of them.")
        if not date(1975, 1, 1) <= self.start <= date(2027, 12, 31):
            raise SettingsError(f"start is {self.start}: give a day from 1975-01-01 to 2027-12-31.")


DEMONSTRATION = SimulationSettings(is_cut_short=True)
"""Three weeks of a small fleet: the settings of the demonstration, and of `python -m sandbox simulate`."""

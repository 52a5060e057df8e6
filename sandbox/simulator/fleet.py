"""The standing fleet: merchants, robots, pilots and their workstations, customers. All of it invented."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import DAY, HOUR
from sandbox.simulator.draws import Draws, Floats, Ints
from sandbox.simulator.keys import Keys, hex_texts, row_keys
from sandbox.simulator.settings import SimulationSettings
from sandbox.simulator.values import Values

_ADJECTIVES = (
    *("Imaginary", "Make-Believe", "Storybook", "Pretend", "Invented", "Daydream"),
    *("Mirage", "Fabled", "Once-Upon", "Nowhere", "Paper Moon", "Looking-Glass"),
)
_KITCHENS = (
    *("Taco Works", "Noodle Bar", "Pizza Kitchen", "Caf\u00e9", "Salad Lab", "Burger Stand"),
    *("Sushi Counter", "Bagel Shop", "Curry House", "Sandwich Co.", "Dumpling Den", "Juice Garage"),
    *("Pho Corner", "Donut Depot", "Grill", "Bakery & Sons"),
)

SERVICE_DAY_START = 7 * HOUR
"""A service day runs from here (UTC) to the same hour of the next day: two shifts."""
_LATE_SHIFT_AFTER = 15 * HOUR


@dataclass(frozen=True)
class Fleet:
    """Pools of ids, and what makes some merchants and robots worse than others."""

    merchant_ids: Values
    merchant_names: Values
    merchant_weights: Floats
    """How often each is ordered from."""
    merchant_trouble: Floats
    """Multiplier of loading errors."""
    robot_ids: Values
    robot_trouble: Floats
    """Multiplier of breakdowns on the way."""
    pilot_ids: Values
    workstation_keys: Keys
    workstation_ids: Values
    """Browser ids (anonymous ids) of the pilots' workstations: shared by whoever sits there."""
    hostnames: Values
    customer_count: int
    _rosters: Ints
    _roster_sizes: Ints

    def pilots_at(self, draws: Draws, at: Ints) -> Ints:
        """A pilot (position from 0) who is on duty, for each time."""
        roster = roster_of(at)
        seats = draws.below(self._roster_sizes[roster])
        return self._rosters[roster, seats]

    def roster(self, number: int) -> Ints:
        """The pilots on duty in a roster."""
        return self._rosters[number, : self._roster_sizes[number]]


def service_day(at: Ints) -> Ints:
    """The service day (days since 1970) of each time."""
    return (at - SERVICE_DAY_START) // DAY


def roster_of(at: Ints) -> Ints:
    """The roster on duty at each time: seven days of two shifts."""
    is_late = (at - SERVICE_DAY_START) % DAY >= _LATE_SHIFT_AFTER
    return service_day(at) % 7 * 2 + is_late


def shift_start(at: Ints) -> Ints:
    """When the shift of each time began; the early one starts six hours into the service day."""
    is_late = (at - SERVICE_DAY_START) % DAY >= _LATE_SHIFT_AFTER
    return service_day(at) * DAY + SERVICE_DAY_START + np.where(is_late, _LATE_SHIFT_AFTER, 6 * HOUR)


def make_fleet(settings: SimulationSettings) -> Fleet:
    """A fleet large enough for the orders of the settings."""
    draws = Draws(settings.seed, "fleet")
    merchant_count = max(8, settings.orders_per_day // 8)
    robot_count = max(12, -(-settings.orders_per_day // 3))
    pilot_count = max(14, settings.orders_per_day // 12)
    workstation_count = max(6, pilot_count // 2)
    rosters, sizes = _rosters(pilot_count)
    workstation_keys = row_keys(settings.seed, "workstation", 0, np.arange(workstation_count))
    return Fleet(
        merchant_ids=Values.of(*(f"mer_{number:04d}" for number in range(1, merchant_count + 1))),
        merchant_names=Values.of(*(_merchant_name(number) for number in range(merchant_count))),
        merchant_weights=1.0 / (8 + np.arange(merchant_count)),
        merchant_trouble=_some_bad(draws, merchant_count, 0.1, 3.0),
        robot_ids=Values.of(*(f"R{number:04d}" for number in range(1, robot_count + 1))),
        robot_trouble=_some_bad(draws, robot_count, 0.08, 4.0),
        pilot_ids=Values.of(*(f"pilot_{number}" for number in range(1, pilot_count + 1))),
        workstation_keys=workstation_keys,
        workstation_ids=Values.quoted(hex_texts(workstation_keys, dashes=True)),
        hostnames=Values.of(*(f"PILOT-DESK-{number:03d}" for number in range(1, workstation_count + 1))),
        customer_count=settings.orders_per_day * 40,
        _rosters=rosters,
        _roster_sizes=sizes,
    )


def is_invented_merchant(name: str) -> bool:
    """Whether the simulator gives merchants such names."""
    adjective = next((each for each in _ADJECTIVES if name.startswith(f"{each} ")), "")
    kitchen, _, branch = name.removeprefix(f"{adjective} ").rpartition(" ")
    return bool(adjective) and (
        name.removeprefix(f"{adjective} ") in _KITCHENS or (kitchen in _KITCHENS and branch.isdigit())
    )


def _merchant_name(number: int) -> str:
    adjective = _ADJECTIVES[number % len(_ADJECTIVES)]
    kitchen = _KITCHENS[number * 5 // len(_ADJECTIVES) % len(_KITCHENS)]
    branch = number // (len(_ADJECTIVES) * len(_KITCHENS))
    return f"{adjective} {kitchen} {branch + 1}" if branch else f"{adjective} {kitchen}"


def _some_bad(draws: Draws, count: int, share: float, factor: float) -> Floats:
    return np.where(draws.chance(count, share), factor, 0.75)


def _rosters(pilot_count: int) -> tuple[Ints, Ints]:
    pilots = np.arange(pilot_count)
    rosters = [
        pilots[(pilots % 2 == shift) & ((pilots // 2 * 3 + day) % 7 >= 2)]
        for day in range(7)
        for shift in (0, 1)
    ]
    sizes = np.array([len(roster) for roster in rosters], dtype=np.int64)
    table = np.zeros((len(rosters), int(sizes.max())), dtype=np.int64)
    for row, roster in zip(table, rosters, strict=True):
        row[: len(roster)] = roster
    return table, sizes

"""A simulated fleet of delivery robots: its events as Segment messages, and what really happened.

    settings = SimulationSettings(seed=7, days=14, orders_per_day=300, mess=Mess.none())
    simulation = simulate(settings)
    for loaded_at, messages in simulation.syncs():
        ...
    simulation.truth["unlock_attempts"]

All of it is invented: names, ids, addresses, places.
"""

from sandbox.simulator.settings import DEMONSTRATION, Mess, SettingsError, SimulationSettings
from sandbox.simulator.simulation import Simulation, Sync
from sandbox.simulator.writing import write

__all__ = [
    "DEMONSTRATION",
    "Mess",
    "SettingsError",
    "Simulation",
    "SimulationSettings",
    "Sync",
    "simulate",
    "write",
]


def simulate(settings: SimulationSettings) -> Simulation:
    """The simulation of some settings; it runs when its syncs, its truth or its log are asked for."""
    return Simulation(settings)

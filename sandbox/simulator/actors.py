"""Who sends a message: a customer's browser, a pilot's workstation or a server, and what its library adds."""

import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sandbox.simulator.draws import Ints
from sandbox.simulator.fleet import Fleet, service_day, shift_start
from sandbox.simulator.keys import Keys, mixed
from sandbox.simulator.values import Field, Values, constant, whole_numbers

App = Literal["tracker_web", "pilot_web", "server"]


@dataclass(frozen=True)
class Actor:
    """The senders of messages."""

    fields: dict[str, Field]
    """`anonymous`, and for web apps also `user`, `device`, `address`, `session` and `page`."""
    browsers: Keys | None = None
    """For web apps a number for each browser: what is wrong with its clock follows from it."""

    def take(self, index: NDArray[Any]) -> "Actor":
        """The rows that a mask or an array of positions picks."""
        browsers = None if self.browsers is None else self.browsers[index]
        return Actor({name: field.take(index) for name, field in self.fields.items()}, browsers)

    @classmethod
    def joined(cls, parts: "list[Actor]") -> "Actor":
        """Several senders over the same pools, one after another."""
        keys = [part.browsers for part in parts if part.browsers is not None]
        fields = {name: Field.joined([part.fields[name] for part in parts]) for name in parts[0].fields}
        return cls(fields, np.concatenate(keys) if keys else None)


_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS"
_PHONES = (
    f"{_IPHONE} 18_5 like Mac OS X) {_WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1",
    f"{_IPHONE} 17_6 like Mac OS X) {_WEBKIT} Version/17.6 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 15; K) {_BLINK} Chrome/137.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 13; K) {_BLINK} Chrome/126.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/18.5 Safari/605.1.15",
)
_DESKTOPS = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Chrome/137.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (X11; Linux x86_64) {_BLINK} Chrome/137.0.0.0 Safari/537.36",
)


def _device(user_agent: str, locale: str, timezone: str) -> str:
    """A device's part of the context: members of a JSON object, without the braces."""
    library = {"name": "analytics.js", "version": "npm:next-1.70.0"}
    members = {"library": library, "userAgent": user_agent, "locale": locale, "timezone": timezone}
    return json.dumps(members, separators=(",", ":"))[1:-1]


def _pools_of_devices(user_agents: tuple[str, ...]) -> Values:
    devices = [
        _device(user_agent, locale, timezone)
        for timezone in ("America/Los_Angeles", "America/New_York")
        for locale in ("en-US", "en-US", "en-US", "es-US", "ko-KR")
        for user_agent in user_agents
    ]
    return Values(pl.Series(devices))


def _page(path: str, title: str) -> dict[str, str]:
    return {"path": path, "referrer": "", "search": "", "title": title, "url": f"https://fleet.example{path}"}


PHONES = _pools_of_devices(_PHONES)
"""The first half is set to the city's time zone."""
DESKTOPS = _pools_of_devices(_DESKTOPS)
ADDRESSES = Values.of(
    *(f"{net}.{host}" for net in ("192.0.2", "198.51.100", "203.0.113") for host in range(1, 255))
)
"""The addresses that are set aside for documentation."""

PILOT_PAGES = ("robots", "troubleshooting", "trips", "incidents", "schedule")
_PILOT_PAGE_POOL = Values.of(*(_page(f"/pilot/{page}", f"Pilot: {page}") for page in PILOT_PAGES))
_SERVER = Values.of("delivery-platform-server")


def server(count: int) -> Actor:
    """A server: one constant anonymous id, no user, no web context."""
    return Actor({"anonymous": constant(_SERVER, count)})


def pilot(fleet: Fleet, pilots: Ints, at: Ints, page: str) -> Actor:
    """A pilot (positions from 1) at the workstation and in the browser session of the shift."""
    seats = workstations(fleet, pilots, at)
    fields = {
        "anonymous": Field(fleet.workstation_ids, 1 + seats),
        "user": Field(fleet.pilot_ids, pilots),
        "device": Field(DESKTOPS, 1 + seats % len(_DESKTOPS)),
        "address": Field(ADDRESSES, 1 + seats % 254),
        "session": whole_numbers(shift_start(at) + own_delay(pilots, at)),
        "page": Field(_PILOT_PAGE_POOL, np.full(len(at), 1 + PILOT_PAGES.index(page))),
    }
    return Actor(fields, fleet.workstation_keys[seats])


def workstations(fleet: Fleet, pilots: Ints, at: Ints) -> Ints:
    """The workstation (position from 0) where a pilot sits on a service day."""
    return (pilots * 5 + service_day(at)) % len(fleet.workstation_ids)


def own_delay(pilots: Ints, at: Ints) -> Ints:
    """How long after the start of the shift a pilot logs in: up to about eight minutes."""
    return (mixed(pilots * 100_003 + service_day(at)) % np.uint64(500_000)).astype(np.int64)

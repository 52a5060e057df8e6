"""What goes wrong on the way: each kind of mess hits messages by its own chance and logs whom it hit."""

from dataclasses import dataclass, replace

import numpy as np

from sandbox.simulator.clock import DAY, HOUR, MINUTE, SECOND
from sandbox.simulator.draws import Flags, Ints
from sandbox.simulator.envelope import ORDER_KEYS, Messages
from sandbox.simulator.keys import Keys, chance_number, number_below
from sandbox.simulator.mess_log import MessLog
from sandbox.simulator.settings import Mess
from sandbox.simulator.values import Field

_1970, _2038 = 0, 2**31 * SECOND
_NAMING = frozenset({*ORDER_KEYS, "robot_id", "trip_id", "pilot_id"})
"""Properties that are never just missing: losing one of them is a kind of mess of its own."""

_LATE_BROWSER = ((5 * MINUTE, 2 * HOUR), (2 * HOUR, 2 * DAY), (2 * DAY, 21 * DAY))
_LATE_SERVER = ((5 * MINUTE, 20 * MINUTE), (20 * MINUTE, HOUR), (HOUR, 6 * HOUR))
_CLOCK_OFFSETS = ((10 * SECOND, 10 * MINUTE), (HOUR, 12 * HOUR), (DAY, 400 * DAY))
_CLOCK_JUMPS = ((MINUTE, 15 * MINUTE), (HOUR, 12 * HOUR), (DAY, 3 * DAY))


@dataclass(frozen=True)
class MessMaker:
    """Applies one set of shares; `sync_length` in milliseconds."""

    mess: Mess
    sync_length: int
    log: MessLog

    def apply(self, messages: Messages) -> Messages:
        """The messages as they arrive: some gone, some changed, some twice."""
        messages = self._lose(messages)
        messages = self._delay(messages)
        if messages.actor.browsers is not None:
            messages = self._turn_clocks(messages, messages.actor.browsers)
        messages = self._damage(messages)
        return self._repeat(messages)

    def _hits(self, messages: Messages, kind: str, among: Flags | None = None) -> Flags:
        hit = _struck(messages.keys, kind, getattr(self.mess, kind))
        if among is not None:
            hit &= among
        self.log.note(kind, messages, hit)
        return hit

    def _lose(self, messages: Messages) -> Messages:
        lost = self._hits(messages, "lost")
        return messages.take(~lost) if lost.any() else messages

    def _delay(self, messages: Messages) -> Messages:
        late, jumbled = self._hits(messages, "late"), self._hits(messages, "out_of_order")
        if not (late | jumbled).any():
            return messages
        ranges = _LATE_SERVER if messages.app == "server" else _LATE_BROWSER
        delay = np.where(late, _length(messages.keys, "lateness", ranges), 0)
        jumble = np.where(jumbled, 5 * SECOND + number_below(messages.keys, "jumble", 20 * MINUTE), 0)
        return replace(
            messages,
            sent_at=messages.sent_at + delay + jumble,
            received_at=messages.received_at + delay + jumble,
            place=messages.place + delay,
        )

    def _turn_clocks(self, messages: Messages, browsers: Keys) -> Messages:
        keys = messages.keys
        is_off = _struck(browsers, "wrong_clock", self.mess.wrong_clock)
        jumps = _struck(keys, "wrong_timestamp", self.mess.wrong_timestamp)
        astray = _struck(keys, "wrong_epoch", self.mess.wrong_epoch)
        if not (is_off | jumps | astray).any():
            return messages
        offset = np.where(is_off & ~astray, _signed_length(browsers, "offset", _CLOCK_OFFSETS), 0)
        jump = np.where(jumps & ~astray, _signed_length(keys, "jump", _CLOCK_JUMPS), 0)
        epoch = np.where(chance_number(keys, "epoch") < 0.7, _1970, _2038)
        epoch = epoch + number_below(keys, "uptime", HOUR)
        sent_at = messages.sent_at + offset
        original = np.where(astray, epoch, messages.original_timestamp + offset + jump)
        timestamp = messages.received_at - (sent_at - original)
        messages = replace(messages, original_timestamp=original, sent_at=sent_at, timestamp=timestamp)
        for kind, hit in (("wrong_clock", is_off), ("wrong_timestamp", jumps), ("wrong_epoch", astray)):
            self.log.note(kind, messages, hit)
        return messages

    def _damage(self, messages: Messages) -> Messages:
        fields = self._without_property(messages)
        order = next((name for name in ORDER_KEYS if name in fields), "")
        has_order, has_robot = _present(messages, order), _present(messages, "robot_id")
        padded = self._hits(messages, "trailing_blanks", has_order | has_robot)
        for name, kind, has in ((order, "order_id", has_order), ("robot_id", "robot_id", has_robot)):
            null = self._hits(messages, f"null_{kind}", has)
            blank = self._hits(messages, f"blank_{kind}", has & ~null)
            if (padded & has | blank | null).any():
                fields[name] = _with_blanks(messages.keys, fields[name], padded & has, blank, null)
        nameless = self._hits(messages, "null_message_id")
        return replace(messages, fields=fields, has_id=messages.has_id & ~nameless)

    def _without_property(self, messages: Messages) -> dict[str, Field]:
        hit = _struck(messages.keys, "missing_property", self.mess.missing_property)
        fields, hit = _one_less(messages, hit)
        self.log.note("missing_property", messages, hit)
        return fields

    def _repeat(self, messages: Messages) -> Messages:
        keys, received_at = messages.keys, messages.received_at
        copies = [messages]

        def copy(kind: str, wait: Ints, extra_syncs: Ints) -> None:
            index = np.flatnonzero(self._hits(messages, kind))
            if not len(index):
                return
            again = messages.take(index)
            again = replace(
                again,
                sent_at=again.sent_at + wait[index],
                received_at=again.received_at + wait[index],
                place=again.place + wait[index],
                extra_syncs=again.extra_syncs + extra_syncs[index],
                is_copy=np.ones(len(index), dtype=bool),
            )
            if kind == "duplicate_by_replay":
                changed = _struck(again.keys, "replay_changed", self.mess.replay_changed)
                fields, changed = _one_less(again, changed)
                self.log.note("replay_changed", again, changed)
                again = replace(again, fields=fields)
            copies.append(again)

        none = np.zeros(len(messages), dtype=np.int64)
        soon = 1_000 + number_below(keys, "repeat soon", 30 * SECOND)
        is_same_sync = (received_at + soon) // self.sync_length == received_at // self.sync_length
        later = self.sync_length + number_below(keys, "repeat later", 2 * DAY)
        weeks = number_below(keys, "replay", 28 * DAY) + 14 * DAY
        copy("duplicate_in_batch", none, none)
        copy("duplicate_in_sync", np.where(is_same_sync, soon, 0), none)
        copy("duplicate_in_later_sync", later, none)
        copy("duplicate_by_replay", none, weeks // self.sync_length)
        return Messages.joined(copies) if len(copies) > 1 else messages


def skipped_syncs(share: float, keys_of_syncs: Keys) -> Flags:
    """Whether a table stays out of each of consecutive syncs.

    A gap begins with chance `share` and is one to three syncs long.
    """
    begins = _struck(keys_of_syncs, "table_skip", share)
    length = 1 + number_below(keys_of_syncs, "gap", 3)
    is_out = begins.copy()
    for further in (1, 2):
        is_out[further:] |= (begins & (length > further))[:-further]
    return np.asarray(is_out)


def _struck(keys: Keys, kind: str, share: float) -> Flags:
    if share == 0:
        return np.zeros(len(keys), dtype=bool)
    return np.asarray(chance_number(keys, kind) < share)


def _present(messages: Messages, name: str) -> Flags:
    field = messages.fields.get(name)
    return np.zeros(len(messages), dtype=bool) if field is None else field.codes > 0


def _one_less(messages: Messages, hit: Flags) -> tuple[dict[str, Field], Flags]:
    """The fields, where `hit` with one less of those that name nothing; and where there was one to take."""
    fields = dict(messages.fields)
    names = [name for name in fields if name not in _NAMING]
    if not names or not hit.any():
        return fields, np.zeros(len(messages), dtype=bool)
    chosen = number_below(messages.keys, "which property", len(names))
    taken = np.zeros(len(messages), dtype=bool)
    for number, name in enumerate(names):
        goes = hit & (chosen == number) & (fields[name].codes > 0)
        if goes.any():
            fields[name] = fields[name].where(~goes)
            taken |= goes
    return fields, taken


def _with_blanks(keys: Keys, field: Field, padded: Flags, blank: Flags, null: Flags) -> Field:
    count = len(field.values)
    empty = 2 * count + 1 + number_below(keys, "kind of blank", 2)
    codes = np.where(padded, field.codes + count, field.codes)
    return Field(field.values.with_blanks(), np.where(null, 0, np.where(blank, empty, codes)))


def _length(keys: Keys, question: str, ranges: tuple[tuple[int, int], ...]) -> Ints:
    """A length of time from one of three ranges: in half of the cases the first, in a fifth the last."""
    which = np.searchsorted(np.array([0.5, 0.8]), chance_number(keys, f"{question} range"), side="right")
    low, high = np.array(ranges).T
    width = (high - low)[which]
    return np.asarray(low[which] + (chance_number(keys, question) * width).astype(np.int64), dtype=np.int64)


def _signed_length(keys: Keys, question: str, ranges: tuple[tuple[int, int], ...]) -> Ints:
    length = _length(keys, question, ranges)
    return np.where(chance_number(keys, f"{question} sign") < 0.5, -length, length)

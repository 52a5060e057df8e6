"""Sizes of benchmarks: one without a history is refused, a small one gives all figures."""

import pytest

from benchmarks.__main__ import main
from benchmarks.values import ALL, LINE, LIST
from deep import deep

VALUES = (LINE, "ids", "masks", "hosts", "devices", "keyed hashes", ALL, LIST)


def test_a_size_without_history_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--events", "82", "1000"])

    assert stopped.value.code == 2
    assert "--events 82: beside 1000 a size is at least 83" in capsys.readouterr().err


@deep
def test_a_benchmark_of_a_small_history_prints_what_a_refresh_and_a_day_cost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--events", "10000", "--rounds", "1", "--only", "cost", "funnel", "values"]) == 0

    printed = capsys.readouterr().out
    figures = ("full refresh of all tables / limit line", "increment of one day, of the full refresh")
    for figure in (*figures, "sort of all columns", "order='this'", *VALUES):
        assert f"| {figure} |" in printed

"""A size of which no history would be left before its increments is refused."""

import pytest

from benchmarks.__main__ import main


def test_a_size_without_history_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--events", "82", "1000"])

    assert stopped.value.code == 2
    assert "--events 82: beside 1000 a size is at least 83" in capsys.readouterr().err

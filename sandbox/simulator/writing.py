"""Simulations as files."""

import gzip
from pathlib import Path

from sandbox.simulator.simulation import Simulation


def write(simulation: Simulation, directory: Path) -> list[Path]:
    """Write a simulation into a folder, which is made if need be. Returns the paths in order of writing.

    - `sync_20260831T120000Z.ndjson.gz`: one per sync, named by its time (UTC). The same settings give the
      same bytes inside; the compressed bytes may differ between builds of zlib.
    - `truth/<domain>.parquet` and `truth/mess_log.parquet`.

    Files of these names that an earlier simulation left in the folder are removed first: two simulations in
    one folder would be landed as one.
    """
    truth_directory = directory / "truth"
    truth_directory.mkdir(parents=True, exist_ok=True)
    for former in (*directory.glob("sync_*.ndjson.gz"), *truth_directory.glob("*.parquet")):
        former.unlink()
    written = []
    for loaded_at, messages in simulation.syncs():
        path = directory / f"sync_{loaded_at:%Y%m%dT%H%M%SZ}.ndjson.gz"
        with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed:
            packed.write(messages)
        written.append(path)
    for name, frame in {**simulation.truth, "mess_log": simulation.mess_log}.items():
        path = truth_directory / f"{name}.parquet"
        frame.write_parquet(path)
        written.append(path)
    return written

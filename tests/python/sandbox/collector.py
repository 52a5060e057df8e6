"""What stands between a Segment library and the archive: the Segment API, on the loopback interface."""

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Clock = Callable[[], datetime]


class Collector:
    """Takes batches as the Segment API does, and gives the lines that its archive would hold."""

    def __init__(self, host: str, write_key: str, clock: Clock) -> None:
        self.host = host
        self.write_key = write_key
        self.clock = clock
        self.batches: list[tuple[datetime, dict[str, Any]]] = []
        self.encodings: set[str | None] = set()

    def receive(self, body: bytes, authorization: str | None, encoding: str | None) -> int:
        """Take one request and give the status to answer with."""
        if authorization != "Basic " + base64.b64encode(f"{self.write_key}:".encode()).decode():
            return 401
        self.encodings.add(encoding)
        batch = json.loads(gzip.decompress(body) if encoding == "gzip" else body)
        self.batches.append((self.clock(), batch))
        return 200

    def archive(self) -> Iterator[dict[str, Any]]:
        """Each message with the times that the API adds or mends."""
        for received_at, batch in self.batches:
            sent_at = datetime.fromisoformat(batch["sentAt"])
            for message in batch["batch"]:
                original = datetime.fromisoformat(message["timestamp"])
                yield message | {
                    "receivedAt": _iso(received_at),
                    "sentAt": _iso(sent_at),
                    "originalTimestamp": message["timestamp"],
                    "timestamp": _iso(received_at - (sent_at - original)),
                }


@contextmanager
def collecting(write_key: str, clock: Clock) -> Iterator[Collector]:
    """Run a collector on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found = self.path == "/v1/batch"
            headers = self.headers["Authorization"], self.headers["Content-Encoding"]
            answer = b'{"success":true}'
            self.send_response(collector.receive(body, *headers) if found else 404)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}", write_key, clock)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


def _iso(time: datetime) -> str:
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")

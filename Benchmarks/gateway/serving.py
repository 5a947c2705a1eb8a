"""A gateway of its own for a measurement: new keys, new data, a free port; and plain HTTP/1.1."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-bench"


def binary():
    """ASSAY_BIN, or what was built here, the release build first."""
    if "ASSAY_BIN" in os.environ:
        return os.environ["ASSAY_BIN"]
    for kind in ("release", "debug"):
        path = ROOT / ".build" / kind / "assay"
        if path.exists():
            return str(path)
    raise SystemExit("build first: swift build -c release")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Gateway:
    def __init__(self, **settings):
        self.folder = tempfile.mkdtemp(prefix="assay-bench-")
        subprocess.run([binary(), "keys", "init", "--dir", f"{self.folder}/keys/dev"], check=True,
                       stdout=subprocess.DEVNULL)
        self.settings = settings
        self.process = None

    def start(self):
        self.port = free_port()
        environment = dict(
            os.environ, ASSAY_HOST="127.0.0.1", ASSAY_PORT=str(self.port),
            ASSAY_DATA=f"{self.folder}/data", ASSAY_KEYS=f"{self.folder}/keys",
            ASSAY_POLICIES=str(ROOT / "Policies"), ASSAY_API_KEYS=f"bench={KEY}",
            ASSAY_MODELS=os.environ.get("ASSAY_MODELS", str(ROOT / ".models")),
            ASSAY_REQUESTS_PER_MINUTE="100000000", ASSAY_CONCURRENT_REQUESTS="100000",
            ASSAY_WAITING_JOBS="1000000", **self.settings)
        self.log = open(f"{self.folder}/serve.log", "ab")
        self.process = subprocess.Popen([binary(), "serve"], env=environment, stdout=self.log,
                                        stderr=self.log)
        end = time.time() + 120
        while time.time() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return self
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit(open(f"{self.folder}/serve.log").read())
                time.sleep(0.05)
        raise SystemExit("the gateway did not start")

    def kill(self, sign=signal.SIGKILL):
        self.process.send_signal(sign)
        self.process.wait()

    def peak_megabytes(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
        return 0


class NeverDone:
    """An OpenAI-shaped core that takes every job and finishes none: what is left is the gateway."""

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self):
                length = int(self.headers.get("content-length") or 0)
                self.rfile.read(length)
                body = json.dumps({"id": "up_1", "object": "video", "status": "queued",
                                   "progress": 0}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.send_header("openai-poll-after-ms", "10000")
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = reply

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


class Connection:
    """One kept-alive connection."""

    def __init__(self, port):
        self.port, self.reader = port, None

    async def request(self, method, path, body=None, keep=True):
        if self.reader is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = b"" if body is None else json.dumps(body).encode()
        head = (f"{method} {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {KEY}\r\n"
                f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n")
        self.writer.write(head.encode() + data)
        await self.writer.drain()
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(lines[0].split()[1]), headers, body

    def close(self):
        if self.reader is not None:
            self.writer.close()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def report(name, seconds, statuses, elapsed):
    counts = {}
    for status in statuses:
        counts[status] = counts.get(status, 0) + 1
    print(f"{name}: {len(seconds)} answers in {elapsed:.1f} s = {len(seconds) / elapsed:.0f}/s, "
          f"p50 {percentile(seconds, .5) * 1000:.1f} ms, p99 {percentile(seconds, .99) * 1000:.1f} "
          f"ms, most {max(seconds, default=0) * 1000:.1f} ms, statuses {counts}")

"""How long a gateway seals clips of several kinds: python3 seal.py [--kinds NAME,…] [--seconds 4] [--runs 3]

An OpenAI-shaped core hands out clips that ffmpeg drew (`../watermark/clips.py`: 720 lines, 24 or 25 frames a
second; H.264 `medium` CRF 18 with AAC) and the gateway takes each through all of its stages. Printed is its own
`assay_stage_seconds` from `inspected` to `sealed`, which holds all of this: hash of the raw clip; decoding, visible
and invisible mark, H.264, a look at the pictures as players will show them; the log's receipt;
labels, manifest and signature; and, of the sealed bytes, verification, labels, visible and invisible mark, content
code, thumbnail and preview sheet; and the leaf. Runs of the kinds take turns; the median counts. Needs the ffmpeg
command, the models and a machine that does nothing else.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../watermark"))
from clips import CLIPS
from serving import Connection, Gateway

TARGET = 3.0
KINDS = "mandelbrot,pan,zoom,testcard,slides,cartoon"
DEADLINE = 300


class Stock:
    """A core that has each clip at hand; the prompt's last word names it."""

    def __init__(self, clips):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self, body, kind="application/json"):
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def video(self, name):
                self.reply(json.dumps({"id": name, "object": "video", "status": "completed",
                                       "progress": 100}).encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                self.video(next(name for name in clips if name.encode() in body))

            def do_GET(self):
                parts = self.path.split("?")[0].split("/")
                if parts[-1] == "content":
                    return self.reply(clips[parts[-2]], "video/mp4")
                self.video(parts[-1])

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


def drawn(name, seconds, folder):
    source, filters = CLIPS[name]
    path = os.path.join(folder, f"{name}.mp4")
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=330:r=48000",
               "-t", str(seconds)]
    if filters:
        command += ["-vf", filters]
    command += ["-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p", "-c:a", "aac",
                "-movflags", "+faststart", path]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    length = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=duration",
                             "-of", "csv=p=0", path], check=True, capture_output=True, text=True).stdout
    with open(path, "rb") as file:
        return file.read(), float(length)


async def ask(gateway, method, path, body=None):
    connection = Connection(gateway.port)
    try:
        return (await connection.request(method, path, body))[2]
    finally:
        connection.close()


async def sealing_seconds(gateway):
    text = (await ask(gateway, "GET", "/metrics")).decode()
    found = re.search(r'^assay_stage_seconds_sum\{from="inspected",to="sealed"\} (\S+)$', text, re.M)
    return float(found[1]) if found else 0.0


async def sealed(gateway, name, seconds):
    """Seconds that one clip took, and the bytes that came out."""
    before = await sealing_seconds(gateway)
    video = json.loads(await ask(gateway, "POST", "/v1/videos", {
        "prompt": f"A drawing in colours. {name}", "seconds": str(seconds), "size": "1280x720"}))
    end = time.time() + DEADLINE
    while video.get("status") in ("queued", "in_progress") and time.time() < end:
        await asyncio.sleep(0.2)
        video = json.loads(await ask(gateway, "GET", f"/v1/videos/{video['id']}"))
    if video.get("status") != "completed":
        raise SystemExit(f"{name}: {video}")
    content = await ask(gateway, "GET", f"/v1/videos/{video['id']}/content")
    return await sealing_seconds(gateway) - before, len(content)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", default=KINDS)
    parser.add_argument("--seconds", type=int, default=4, choices=[4, 8, 12])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    names = options.kinds.split(",")
    with tempfile.TemporaryDirectory() as folder:
        made = {name: drawn(name, options.seconds, folder) for name in names}
    clips = {name: clip for name, (clip, _) in made.items()}
    gateway = Gateway(ASSAY_CORE=Stock(clips).url).start()
    try:
        taken = {name: [] for name in names}
        sizes = {}
        # The first one pays for what is read from the disk for the first time.
        await sealed(gateway, names[0], options.seconds)
        for _ in range(options.runs):
            for name in names:
                seconds, sizes[name] = await sealed(gateway, name, options.seconds)
                taken[name].append(seconds)
    finally:
        gateway.kill()
    slow = 0
    for name in names:
        median = statistics.median(taken[name])
        length = made[name][1]
        speed = length / median
        slow += speed < TARGET
        print(f"{name:12} {length:.1f} s in {median:.2f} s, {min(taken[name]):.2f} to {max(taken[name]):.2f}: "
              f"{speed:.1f} times real time; {len(clips[name]) >> 10} KB raw, {sizes[name] >> 10} KB sealed")
    sys.exit(1 if slow else 0)


asyncio.run(main())

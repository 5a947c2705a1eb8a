"""kill -9 at random moments: python3 kill.py [KILLS [JOBS [SEED]]]

Accepts JOBS jobs, kills the gateway KILLS times at random moments while it works on them, and counts at
the end: jobs lost, stuck, released without a verifying clip, or released twice in the log; and checks the
log after each kill.
"""

import asyncio
import json
import random
import subprocess
import sys
import time

from serving import Connection, Gateway, binary


async def read(gateway, path):
    connection = Connection(gateway.port)
    try:
        return await connection.request("GET", path)
    finally:
        connection.close()


def audit(gateway, *arguments):
    return subprocess.run([binary(), "audit", *arguments, "--data", f"{gateway.folder}/data"],
                          capture_output=True, text=True)


async def main(kills, jobs, seed):
    chance = random.Random(seed)
    gateway = Gateway().start()
    ids = []
    for number in range(jobs):
        connection = Connection(gateway.port)
        _, _, body = await connection.request(
            "POST", "/v1/videos", {"prompt": f"Sea {number}", "size": "720x1280"})
        ids.append(json.loads(body)["id"])
        connection.close()
    bad_logs = 0
    for number in range(kills):
        await asyncio.sleep(chance.uniform(0.05, 4))
        gateway.kill()
        if audit(gateway, "verify").returncode != 0:
            bad_logs += 1
        gateway.start()
    end = time.time() + 60 * jobs
    states = {}
    while time.time() < end:
        states = {}
        for id in ids:
            status, _, body = await read(gateway, f"/v1/videos/{id}")
            states[id] = json.loads(body)["status"] if status == 200 else f"lost ({status})"
        if all(state in ("completed", "failed") or state.startswith("lost")
               for state in states.values()):
            break
        await asyncio.sleep(2)
    unsealed = 0
    for id, state in states.items():
        if state != "completed":
            continue
        _, _, clip = await read(gateway, f"/v1/videos/{id}/content")
        path = f"{gateway.folder}/clip.mp4"
        open(path, "wb").write(clip)
        verdict = subprocess.run(
            [binary(), "verify", path, "--trust", f"own={gateway.folder}/keys/dev/root.pem"],
            capture_output=True, text=True)
        unsealed += not verdict.stdout.startswith("TRUSTED")
    gateway.kill()
    bad_logs += audit(gateway, "verify").returncode != 0
    releases = [json.loads(line) for line in audit(gateway, "list", "--json").stdout.splitlines()]
    released = [entry.get("asset") for entry in releases if entry.get("stage") == "release"]
    counts = {}
    for state in states.values():
        counts[state] = counts.get(state, 0) + 1
    print(f"{kills} kills over {jobs} jobs: {counts}, unsealed {unsealed}, released twice "
          f"{len(released) - len(set(released))}, logs that did not verify {bad_logs}")
    lost = [s for s in states.values() if s not in ("completed", "failed")]
    return 1 if lost or unsealed or bad_logs or len(released) != len(set(released)) else 0


if __name__ == "__main__":
    arguments = [int(value) for value in sys.argv[1:]] + [None] * 3
    sys.exit(asyncio.run(main(arguments[0] or 50, arguments[1] or 20, arguments[2] or 7)))

"""kill -9 at random moments: python3 kill.py [KILLS [JOBS [SEED]]]

Accepts JOBS jobs, kills the gateway KILLS times at random moments while it works on them, and counts at
the end: jobs lost, stuck or failed, released without a verifying clip or a leaf, or released twice in the
log; and checks the log after each kill.
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


async def statuses(gateway, ids):
    states = {}
    for id in ids:
        status, _, body = await read(gateway, f"/v1/videos/{id}")
        video = json.loads(body)
        states[id] = video["status"] if status == 200 else f"lost ({status})"
        if states[id] == "failed":
            states[id] = f"failed ({video['error']['code']})"
    return states


def is_over(state):
    return state not in ("queued", "in_progress")


async def is_sealed(gateway, id):
    _, _, clip = await read(gateway, f"/v1/videos/{id}/content")
    path = f"{gateway.folder}/clip.mp4"
    with open(path, "wb") as file:
        file.write(clip)
    verdict = subprocess.run(
        [binary(), "verify", path, "--trust", f"own={gateway.folder}/keys/dev/root.pem"],
        capture_output=True, text=True)
    return verdict.stdout.startswith("TRUSTED")


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
    bad_logs, amid = 0, 0
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.05, 4))
        amid += any(not is_over(state) for state in (await statuses(gateway, ids)).values())
        gateway.kill()
        bad_logs += audit(gateway, "verify").returncode != 0
        gateway.start()
    end = time.time() + 60 * jobs
    states = await statuses(gateway, ids)
    while time.time() < end and not all(map(is_over, states.values())):
        await asyncio.sleep(2)
        states = await statuses(gateway, ids)
    completed = [id for id in ids if states[id] == "completed"]
    unsealed = sum([not await is_sealed(gateway, id) for id in completed])
    gateway.kill()
    bad_logs += audit(gateway, "verify").returncode != 0
    lines = audit(gateway, "list", "--json", "--stage", "release", "--limit", "100000").stdout
    released = [json.loads(line)["leaf"]["asset"] for line in lines.splitlines()]
    twice = len(released) - len(set(released))
    unlogged = len(set(completed) - set(released))
    counts = {state: list(states.values()).count(state) for state in set(states.values())}
    print(f"{kills} kills ({amid} while a job ran) over {jobs} jobs: {counts}, unsealed {unsealed}, "
          f"released twice {twice}, released without a leaf {unlogged}, logs that did not verify "
          f"{bad_logs}")
    return 1 if len(completed) < jobs or unsealed or twice or unlogged or bad_logs else 0


if __name__ == "__main__":
    arguments = [int(value) for value in sys.argv[1:]] + [None] * 3
    sys.exit(asyncio.run(main(arguments[0] or 50, arguments[1] or 20, arguments[2] or 7)))

"""The gateway's own time on an accepted create: python3 create.py [RATE [SECONDS]]

Offers RATE creates a second (open loop: a late answer does not slow the next request down) to a gateway
whose core never finishes. The time of the classifiers alone is what `assay moderate` takes for the same
texts.
"""

import asyncio
import sys
import time

from serving import Connection, Gateway, NeverDone, report


# Seconds of creates that are not counted: a gateway that has just begun to listen still tidies up.
WARM_UP = 2


async def offer(port, rate, duration, name, body=None):
    """Creates at a fixed rate, on as many kept connections as it takes."""
    await creates(port, min(rate, 100), WARM_UP, body)
    report(name, *await creates(port, rate, duration, body))


async def creates(port, rate, duration, body):
    idle, seconds, statuses, tasks = [], [], [], set()

    async def one(number, planned):
        connection = idle.pop() if idle else Connection(port)
        try:
            status, _, _ = await connection.request(
                "POST", "/v1/videos", {"prompt": f"A paper boat on stream {number}", **(body or {})})
            seconds.append(time.perf_counter() - planned)
            statuses.append(status)
            idle.append(connection)
        except (OSError, asyncio.IncompleteReadError) as error:
            statuses.append(type(error).__name__)

    start = time.perf_counter()
    for number in range(rate * duration):
        planned = start + number / rate
        wait = planned - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(one(number, planned))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        # Past this the machine is full and the rest would only measure the queue.
        while len(tasks) > 2000:
            await asyncio.sleep(0.01)
    while tasks:
        await asyncio.sleep(0.01)
    return seconds, statuses, time.perf_counter() - start


async def main(rate, duration):
    core = NeverDone()
    gateway = Gateway(ASSAY_CORE=core.url, ASSAY_CORE_KEY="x").start()
    await offer(gateway.port, rate, duration, f"create, {rate}/s offered")
    print(f"peak memory {gateway.peak_megabytes()} MB")
    gateway.kill()


if __name__ == "__main__":
    arguments = [int(value) for value in sys.argv[1:]] + [None] * 2
    asyncio.run(main(arguments[0] or 1000, arguments[1] or 10))

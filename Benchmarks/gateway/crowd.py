"""Many at once: python3 crowd.py [POLLERS [DOWNLOADS [JOBS [SLOW]]]]

POLLERS clients read their videos once a second and DOWNLOADS clients fetch a released clip again and
again, while JOBS jobs run; then the same with SLOW clients that send a byte of a header now and then.
"""

import asyncio
import sys
import time

from serving import Connection, Gateway, report


async def crowd(gateway, ids, clip, pollers, downloads, duration, name):
    end = time.perf_counter() + duration
    polls, statuses, fetched, fetch_statuses = [], [], [], []

    async def poll(number):
        connection = Connection(gateway.port)
        await asyncio.sleep(number / pollers)
        while time.perf_counter() < end:
            start = time.perf_counter()
            status, _, _ = await connection.request("GET", f"/v1/videos/{ids[number % len(ids)]}")
            polls.append(time.perf_counter() - start)
            statuses.append(status)
            await asyncio.sleep(max(0, 1 - (time.perf_counter() - start)))
        connection.close()

    async def download(number):
        connection = Connection(gateway.port)
        await asyncio.sleep(number / downloads / 2)
        while time.perf_counter() < end:
            start = time.perf_counter()
            status, _, _ = await connection.request("GET", f"/v1/videos/{clip}/content")
            fetched.append(time.perf_counter() - start)
            fetch_statuses.append(status)
            await asyncio.sleep(0.5)
        connection.close()

    start = time.perf_counter()
    await asyncio.gather(*[poll(n) for n in range(pollers)], *[download(n) for n in range(downloads)])
    elapsed = time.perf_counter() - start
    report(f"{name}, polls", polls, statuses, elapsed)
    report(f"{name}, downloads", fetched, fetch_statuses, elapsed)


async def main(pollers, downloads, jobs, slow):
    gateway = Gateway().start()
    connection = Connection(gateway.port)

    async def create(number):
        _, _, body = await connection.request(
            "POST", "/v1/videos", {"prompt": f"Hills {number}", "size": "1280x720"})
        return __import__("json").loads(body)["id"]

    clip = await create(0)
    while b'"completed"' not in (await connection.request("GET", f"/v1/videos/{clip}"))[2]:
        await asyncio.sleep(1)
    ids = [clip] + [await create(number + 1) for number in range(jobs)]
    await crowd(gateway, ids, clip, pollers, downloads, 20, f"{pollers} pollers, {jobs} jobs")

    writers = []

    async def drip():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writers.append(writer)
            writer.write(b"POST /v1/videos HTTP/1.1\r\nhost: a\r\nx: ")
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(5)
        except OSError:
            pass

    drips = [asyncio.create_task(drip()) for _ in range(slow)]
    await asyncio.sleep(2)
    await crowd(gateway, ids, clip, pollers, downloads, 20, f"and {slow} slow clients")
    for task in drips:
        task.cancel()
    print(f"peak memory {gateway.peak_megabytes()} MB")
    gateway.kill()


if __name__ == "__main__":
    arguments = [int(value) for value in sys.argv[1:]] + [None] * 4
    asyncio.run(main(arguments[0] or 500, arguments[1] or 50, arguments[2] or 20,
                     arguments[3] or 500))

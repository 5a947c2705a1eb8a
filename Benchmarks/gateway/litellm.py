"""LiteLLM's proxy beside Assay: python3 litellm.py LITELLM [RATE [SECONDS]]

Both stand in front of the same stub of an OpenAI-shaped video server, one after the other on this
machine, and are offered the same open-loop load of creates. LITELLM is the proxy's program (PyPI
`litellm[proxy]`). LiteLLM passes requests on; Assay judges each text, and has its decision and the job on
disk before it answers.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

from create import offer
from serving import KEY, Gateway, NeverDone, free_port


def start_litellm(program, core):
    folder = tempfile.mkdtemp(prefix="litellm-bench-")
    port = free_port()
    with open(f"{folder}/config.yaml", "w") as file:
        file.write("model_list:\n  - model_name: sora-2\n    litellm_params:\n"
                   f"      model: openai/sora-2\n      api_base: {core}\n      api_key: x\n"
                   f"general_settings:\n  master_key: {KEY}\n")
    log = open(f"{folder}/log", "wb")
    process = subprocess.Popen(
        [program, "--config", f"{folder}/config.yaml", "--port", str(port), "--host", "127.0.0.1",
         "--num_workers", "2"],
        stdout=log, stderr=log, env=dict(os.environ, LITELLM_LOCAL_MODEL_COST_MAP="True"))
    end = time.time() + 120
    while time.time() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2)
            return process, port
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.5)
    raise SystemExit(open(f"{folder}/log").read()[-3000:])


async def main(program, rate, duration):
    core = NeverDone()
    gateway = Gateway(ASSAY_CORE=core.url, ASSAY_CORE_KEY="x").start()
    await offer(gateway.port, rate, duration, f"assay, {rate}/s offered")
    gateway.kill()
    process, port = start_litellm(program, core.url)
    try:
        await offer(port, rate, duration, f"litellm, {rate}/s offered", {"model": "sora-2"})
    finally:
        process.kill()


if __name__ == "__main__":
    numbers = [int(value) for value in sys.argv[2:]] + [None] * 2
    asyncio.run(main(sys.argv[1], numbers[0] or 100, numbers[1] or 10))

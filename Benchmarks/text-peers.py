"""Text filters that people install with pip, and Assay, on the same labelled rows in one table.

    python3 -m venv .tools/peers
    .tools/peers/bin/pip install alt-profanity-check==1.9.1 better-profanity==0.7.0
    assay moderate --jsonl < ROWS.jsonl > decisions.jsonl
    .tools/peers/bin/python Benchmarks/text-peers.py ROWS.jsonl decisions.jsonl

A row is {"id", "text", "modality": "prompt"|"transcript", "unsafe"}. A peer's word for "profane" counts
as stopped; for Assay, review and block do. Peers were made for insults in posts, not for prompts:
the table says what each is worth as the gate before a video model, not which is the better program.
"""

import importlib.metadata
import json
import sys
import time


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def better_profanity(texts):
    from better_profanity import profanity
    profanity.load_censor_words()
    return [profanity.contains_profanity(text) for text in texts]


def alt_profanity_check(texts):
    from profanity_check import predict
    return [bool(value) for value in predict(texts)]


PEERS = {"better-profanity": better_profanity, "alt-profanity-check": alt_profanity_check}


def share(values):
    return f"{100 * sum(values) / len(values):5.1f} % of {len(values)}" if values else "-"


def line(name, rows, stopped, rate):
    cells = []
    for modality in ("prompt", "transcript"):
        group = [
            (row["unsafe"], stop) for row, stop in zip(rows, stopped)
            if row["modality"] == modality]
        cells.append(share([stop for unsafe, stop in group if unsafe]))
        cells.append(share([not stop for unsafe, stop in group if not unsafe]))
    print("| " + " | ".join([name, *cells, rate]) + " |")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    rows = read(sys.argv[1])
    texts = [row["text"] for row in rows]
    print("| filter | unsafe prompts stopped | benign prompts through | unsafe speech stopped "
          "| benign speech through | rows/s |\n| --- | --- | --- | --- | --- | --- |")
    if len(sys.argv) == 3:
        decisions = {row["id"]: row["decision"] for row in read(sys.argv[2])}
        line("Assay, `assay moderate`", rows,
             [decisions[row["id"]] != "allow" for row in rows], "")
    for name, stops in PEERS.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            print(f"| {name}: not installed | | | | | |")
            continue
        began = time.perf_counter()
        stopped = stops(texts)
        rate = len(texts) / (time.perf_counter() - began)
        line(f"{name} {version}", rows, stopped, f"{rate:.0f}")


if __name__ == "__main__":
    main()

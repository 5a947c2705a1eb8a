"""Measures what the recipe makes of sources that it has never seen.

The public sources fall into three groups. For each group a gate is trained without it, adapter and
head; calibrated, and its bounds chosen, on rows of the other groups and on our held-out ones; and the
product judges all rows of the group. So every source is unseen once, and each time a third of what the
shipped gate learns from is missing.

Usage: unseen.py --read READ_ROWS --assay ASSAY --models FOLDER --base model.safetensors --work FOLDER
                 --train train.jsonl --dev dev.jsonl --own own-*.jsonl --held own-held.jsonl
                 [--minutes 9] [--group N…]

`--work` keeps what was made: a second run goes on where the first ended. Needs torch, safetensors and,
for the merge, onnx as in `Scripts/models.d/converter.lock`.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys

from labels import family

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
# Both labels and both modalities in each; sets that were made from each other stay together.
GROUPS = [
    ["advbench", "davidson", "i2p", "i2p-calm"],
    ["coco-captions", "donotanswer", "hatecheck", "nibbler"],
    ["inthewild-jailbreak", "rtp", "vbench", "vbench-long"]]
# A share of fewer rows says little.
FEWEST = 20


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


class Fold:
    def __init__(self, arguments, number):
        self.arguments, self.dropped = arguments, GROUPS[number - 1]
        self.folder = os.path.join(arguments.work, f"group-{number}")
        os.makedirs(self.folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def once(self, name, make):
        """The path of a file, made when it is not there: under another name until it is whole."""
        path = self.path(name)
        if not os.path.exists(path):
            make(self.path("new-" + name))
            os.rename(self.path("new-" + name), path)
        return path

    def python(self, script, *values):
        subprocess.run([sys.executable, os.path.join(HERE, script), *values], check=True)

    def learn(self, script, target, *more):
        arguments = self.arguments
        self.python(
            script, "--read", arguments.read, "--out", target,
            "--train", arguments.train, *arguments.own, "--drop", *self.dropped, *more)

    def merged(self, gate):
        """A folder of models with this gate in it."""
        folder = self.path("models-" + os.path.basename(gate).removesuffix(".safetensors"))
        if os.path.exists(os.path.join(folder, "manifest.json")):
            return folder
        with open(os.path.join(self.arguments.models, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        manifest["models"] = [
            entry for entry in manifest["models"] if entry["name"] in ("onnxruntime", "text-gate")]
        for entry in manifest["models"]:
            target = os.path.join(folder, entry["file"])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if entry["file"].endswith("text-gate.onnx"):
                subprocess.run(
                    [sys.executable, os.path.join(ROOT, "Scripts", "models.d", "minilm.py"),
                     self.arguments.base, gate, target], check=True)
                with open(target, "rb") as file:
                    entry["sha256"] = hashlib.sha256(file.read()).hexdigest()
            else:
                shutil.copy(os.path.join(self.arguments.models, entry["file"]), target)
        with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
            json.dump(manifest, file)
        return folder

    def scores(self, gate, rows):
        def make(path):
            with open(rows, "rb") as texts, open(path, "wb") as file:
                subprocess.run(
                    [self.arguments.read, self.merged(gate), "scores"], stdin=texts, stdout=file,
                    check=True)

        name = os.path.basename(gate).removesuffix(".safetensors")
        return self.once(f"{name}.{os.path.basename(rows)}", make)

    def answers(self):
        """What the product says of the rows that were left out, and of our held-out ones."""
        arguments = self.arguments
        known = self.path("known.jsonl")
        write(known, [row for row in read(arguments.dev) if family(row) not in self.dropped])
        unseen = [
            row for path in (arguments.train, arguments.dev) for row in read(path)
            if family(row) in self.dropped]
        write(self.path("rows.jsonl"), unseen + read(arguments.held))

        adapter = self.once("adapter.safetensors", lambda path: self.learn(
            "train.py", path, "--models", arguments.models, "--base", arguments.base,
            "--minutes", str(arguments.minutes)))
        head = self.once("head.safetensors", lambda path: self.learn(
            "head.py", path, "--models", self.merged(adapter), "--gate", adapter))

        def calibrate(path):
            shutil.copy(head, path)
            self.python("calibrate.py", path, *self.chosen_on(head, known))

        gate = self.once("gate.safetensors", calibrate)
        policies = self.path("policies")
        shutil.copytree(os.path.join(ROOT, "Policies"), policies, dirs_exist_ok=True)
        self.python(
            "bounds.py", os.path.join(policies, "default.json"), *self.chosen_on(gate, known))

        def judge(path):
            with open(self.path("rows.jsonl"), "rb") as texts, open(path, "wb") as file:
                subprocess.run(
                    [arguments.assay, "moderate", "--jsonl", "--policies", policies,
                     "--models", self.merged(gate)], stdin=texts, stdout=file, check=True)

        answers = {row["id"]: row["decision"] for row in read(self.once("answers.jsonl", judge))}
        return [(row, answers[row["id"]]) for row in read(self.path("rows.jsonl"))]

    def chosen_on(self, gate, known):
        held = self.arguments.held
        return known, self.scores(gate, known), held, self.scores(gate, held)


def share(pairs):
    """Of (row, decision): unsafe ones that were stopped, or benign ones that were let through."""
    right = sum((decision != "allow") == row["unsafe"] for row, decision in pairs)
    return right / len(pairs)


def report(judged):
    """A line for each source and label, and the means over sources."""
    means = {True: [], False: []}
    for name in sorted({family(row) for row, _ in judged}):
        for unsafe in (True, False):
            pairs = [
                pair for pair in judged if family(pair[0]) == name and pair[0]["unsafe"] == unsafe]
            if len(pairs) >= FEWEST:
                means[unsafe].append(share(pairs))
                what = "unsafe stopped" if unsafe else "benign through"
                print(f"{name:26} {what} {100 * share(pairs):5.1f} %  of {len(pairs)}")
    for unsafe, what in ((True, "unsafe stopped"), (False, "benign through")):
        if means[unsafe]:
            mean = sum(means[unsafe]) / len(means[unsafe])
            print(f"{'mean over sources':26} {what} {100 * mean:5.1f} %  of {len(means[unsafe])}")


def main():
    parser = argparse.ArgumentParser()
    for name in (
            "--read", "--assay", "--models", "--base", "--work", "--train", "--dev", "--held"):
        parser.add_argument(name, required=True)
    parser.add_argument("--own", nargs="+", required=True)
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--group", nargs="*", type=int, default=[1, 2, 3])
    arguments = parser.parse_args()
    unseen, held = [], []
    for number in arguments.group:
        fold = Fold(arguments, number)
        for pair in fold.answers():
            (unseen if family(pair[0]) in fold.dropped else held).append(pair)
    print("sources that were not seen")
    report(unseen)
    print("\nour held-out rows, by the same gates")
    report(held)


if __name__ == "__main__":
    main()

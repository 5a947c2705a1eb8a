#!/usr/bin/env python3
"""Measures the invisible mark: how loud it is, what it survives, how long it takes.

    Benchmarks/watermark/measure.py [--assay .build/release/assay] [--clips NAME,…] [--attacks required|all]
                                    [--psnr DB] [--seconds S] [--json FILE]

Needs the ffmpeg command; standard library only. Exits 1 when a required row is missed. `clips.py`
says which clips played a part in choosing the mark's constants; `unmarked.py` looks for false accepts.
"""
import argparse, hashlib, json, os, re, subprocess, sys, tempfile, time

from attacks import OTHERS, REQUIRED, SUFFIX
from clips import CLIPS, SEEN, make

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def quality(marked, original):
    """Luma PSNR and SSIM as ffmpeg's filters have them."""
    text = run(["ffmpeg", "-v", "info", "-i", marked, "-i", original, "-lavfi",
                "[0:v]split[a][b];[1:v]split[c][d];[a][c]psnr;[b][d]ssim", "-f", "null", "-"]).stderr
    psnr = re.search(r"PSNR y:(\S+).* min:(\S+)", text)
    ssim = re.search(r"SSIM Y:(\S+)", text)
    return float(psnr[1]), float(ssim[1])


def detect(assay, path, key):
    start = time.monotonic()
    answer = run([assay, "watermark", "detect", path, "--key", key])
    if not answer.stdout:
        sys.exit(f"detect {path}: {answer.stderr}")
    return json.loads(answer.stdout) | {"seconds": time.monotonic() - start}


def height(path):
    text = run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height",
                "-of", "csv=p=0", path]).stdout
    return min(int(n) for n in text.strip().split(",")[:2])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assay", default=os.path.join(HERE, "../../.build/release/assay"))
    parser.add_argument("--clips", default=",".join(CLIPS))
    parser.add_argument("--attacks", choices=["required", "all"], default="all")
    parser.add_argument("--psnr", type=float)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json")
    options = parser.parse_args()
    rows, missed = [], []
    with tempfile.TemporaryDirectory() as folder:
        key = os.path.join(folder, "secret")
        open(key, "w").write(hashlib.sha256(b"Benchmarks/watermark").hexdigest() + "\n")
        for name in filter(None, options.clips.split(",")):
            source, marked = (os.path.join(folder, f"{name}.{kind}.mkv") for kind in ("source", "marked"))
            make(name, source, options.seconds)
            identifier = hashlib.sha256(name.encode()).hexdigest()[:16]
            command = [options.assay, "watermark", "embed", source, marked, "--id", identifier, "--key", key,
                       "--lossless"]
            start = time.monotonic()
            answer = run(command + (["--psnr", str(options.psnr)] if options.psnr else []))
            if answer.returncode not in (0, 1):
                sys.exit(f"embed {name}: {answer.stderr}")
            spent = time.monotonic() - start
            psnr, ssim = quality(marked, source)
            print(f"{name}: luma PSNR {psnr:.2f} dB, SSIM {ssim:.4f}, {spent:.1f} s", flush=True)
            if psnr < (options.psnr or 45) - 0.1 or ssim < 0.985:
                missed.append(f"{name}: loudness")
            attacks = dict(REQUIRED) | (OTHERS if options.attacks == "all" else {})
            for attack, arguments in attacks.items():
                copy = marked
                if arguments:
                    copy = os.path.join(folder, "copy" + SUFFIX.get(attack, ".mp4"))
                    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", marked, *arguments, copy], check=True)
                found = detect(options.assay, copy, key)
                exact = found["id"] == identifier
                lines = height(copy)
                rows.append({"clip": name, "attack": attack, "required": attack in REQUIRED, "exact": exact,
                             "seen": name in SEEN, "lines": lines, "kilobytes": os.path.getsize(copy) // 1024,
                             "psnr": psnr, "ssim": ssim, **found})
                if found["id"] and not exact:
                    missed.append(f"{name}, {attack}: a wrong id")
                mark = "exact" if exact else found["verdict"]
                print(f"  {attack:24} {mark:8} sync {found['sync']:5.1f}  {lines} lines  "
                      f"{found['seconds']:.1f} s", flush=True)
            for path in (source, marked):
                os.remove(path)
        report(rows, missed)
    if options.json:
        json.dump(rows, open(options.json, "w"), indent=1)
    for line in missed:
        print("MISSED", line)
    sys.exit(1 if missed else 0)


def report(rows, missed):
    for required in (True, False):
        chosen = [row for row in rows if row["required"] == required]
        if not chosen:
            continue
        exact = sum(row["exact"] for row in chosen)
        print(f"{'required' if required else 'other'} attacks: {exact} of {len(chosen)} ids exact")
        if required:
            missed += [f"{row['clip']}, {row['attack']}" for row in chosen if not row["exact"]]
        elif exact < 0.97 * len(chosen):
            missed.append("less than 97 % of the other attacks")


main()

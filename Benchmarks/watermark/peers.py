#!/usr/bin/env python3
"""What PyPI's invisible-watermark (dwtDct, dwtDctSvd, rivaGan) survives of the same clips and attacks.

    peers.py [--methods NAME,…] [--clips NAME,…] [--attacks required|all] [--frames N] [--json FILE]

Needs the ffmpeg command, invisible-watermark, onnxruntime, PyWavelets and opencv-python-headless; torch is
not needed for these calls. A payload of 32 bits counts as read when the majority of the frames says it
exactly; every frame is marked and every second one of a copy is asked.
"""
import argparse, json, math, os, subprocess, sys, tempfile, time, types

sys.modules.setdefault("torch", types.ModuleType("torch"))
import cv2
import imwatermark.rivaGan
import numpy as np
import onnxruntime
from imwatermark import WatermarkDecoder, WatermarkEncoder

from attacks import OTHERS, REQUIRED, SUFFIX
from clips import CLIPS, make

BITS = [int(b) for b in f"{0x01234567:032b}"]


def classical(method):
    encoder, decoder = WatermarkEncoder(), WatermarkDecoder("bits", 32)
    encoder.set_watermark("bits", BITS)
    return (lambda frame: encoder.encode(frame, method),
            lambda frame: np.array([int(b) for b in decoder.decode(frame, method)]))


def riva_gan():
    folder = os.path.dirname(imwatermark.rivaGan.__file__)
    encoder, decoder = (onnxruntime.InferenceSession(os.path.join(folder, f"rivagan_{part}.onnx"))
                        for part in ("encoder", "decoder"))

    def tensor(frame):
        return np.transpose(frame.astype(np.float32) / 127.5 - 1, (2, 0, 1))[None, :, None]

    def encode(frame):
        answer = encoder.run(None, {"frame": tensor(frame), "data": np.array([BITS], np.float32)})[0]
        return ((np.clip(np.transpose(answer[0, :, 0], (1, 2, 0)), -1, 1) + 1) * 127.5).astype(np.uint8)

    return encode, lambda frame: (decoder.run(None, {"frame": tensor(frame)})[0][0] > 0.52).astype(int)


def frames(path, limit=10**9):
    capture = cv2.VideoCapture(path)
    for _ in range(limit):
        more, frame = capture.read()
        if not more:
            return
        yield frame


def mark(method, source, path, limit, rate):
    """Returns luma PSNR and milliseconds a frame."""
    encode, _ = method
    writer, errors, spent, count = None, 0.0, 0.0, 0
    luma = np.array([0.0722, 0.7152, 0.2126])
    for frame in frames(source, limit):
        start = time.monotonic()
        marked = np.clip(encode(frame.copy()), 0, 255).astype(np.uint8)
        spent += time.monotonic() - start
        errors += np.mean(((marked.astype(float) - frame) @ luma) ** 2)
        count += 1
        if writer is None:
            size = f"{frame.shape[1]}x{frame.shape[0]}"
            writer = subprocess.Popen(
                ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", size, "-r", str(rate),
                 "-i", "-", "-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0", path], stdin=subprocess.PIPE)
        writer.stdin.write(marked.tobytes())
    writer.stdin.close()
    writer.wait()
    return 10 * math.log10(65025 / (errors / count)), 1000 * spent / count


def read(method, path):
    """Share of right bits a frame, and whether the majority is right in all of them."""
    _, decode = method
    votes, shares = np.zeros(32), []
    for n, frame in enumerate(frames(path)):
        if n % 2 == 0:
            try:
                bits = decode(frame.copy())
            except cv2.error:
                bits = np.zeros(32, int)
            shares.append(float((bits == BITS).mean()))
            votes += bits - 0.5
    return float(np.mean(shares)), bool(((votes > 0) == BITS).all())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--methods", default="dwtDct,dwtDctSvd,rivaGan")
    parser.add_argument("--clips", default=",".join(CLIPS))
    parser.add_argument("--attacks", choices=["required", "all"], default="required")
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--json")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.clips.split(","):
            source, marked = os.path.join(folder, "source.mkv"), os.path.join(folder, "marked.mkv")
            make(name, source, options.frames / 24 + 0.1)
            for label in options.methods.split(","):
                method = riva_gan() if label == "rivaGan" else classical(label)
                psnr, spent = mark(method, source, marked, options.frames, 24)
                attacks = dict(REQUIRED) | (OTHERS if options.attacks == "all" else {})
                for attack, arguments in attacks.items():
                    copy = marked
                    if arguments:
                        copy = os.path.join(folder, "copy" + SUFFIX.get(attack, ".mp4"))
                        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", marked, *arguments, copy], check=True)
                    share, exact = read(method, copy)
                    rows.append({"clip": name, "method": label, "attack": attack, "psnr": psnr, "share": share,
                                 "exact": exact, "milliseconds": spent})
                mine = rows[-len(attacks):]
                print(f"{name:12} {label:10} {psnr:.1f} dB, {spent:.0f} ms a frame: "
                      f"{sum(r['exact'] for r in mine)} of {len(mine)} exact", flush=True)
        for label in options.methods.split(","):
            for attack in dict.fromkeys(row["attack"] for row in rows):
                mine = [row for row in rows if row["method"] == label and row["attack"] == attack]
                print(f"{label:10} {attack:24} {sum(r['exact'] for r in mine)} of {len(mine)} exact, "
                      f"{np.mean([r['share'] for r in mine]):.2f} of the bits")
    if options.json:
        json.dump(rows, open(options.json, "w"), indent=1)


main()

#!/usr/bin/env python3
"""Looks for marks where there are none: in pictures and short clips that nobody marked.

    Benchmarks/watermark/unmarked.py [--assay .build/release/assay] [--count N] [--keys K] [--folder DIR …]

Draws N pictures and clips (one in ten) of a dozen kinds: ffmpeg's scenes, photo-like noise, pages of text, gratings
and tiles whose periods are the mark's own, which is the worst that a scene can do; then takes the files of the named
folders. Each is searched with K keys. Needs the ffmpeg command; standard library only. Exits 1 when anything is found.
"""
import argparse, hashlib, json, os, random, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MEDIA = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp4", ".mov", ".webm", ".mkv", ".m4v"}
WORDS = "light river seven under paper window often stone quiet market yellow between machine letter".split()


def tiles(path, dice, width, height):
    """A random tile that repeats, as fabric and wallpaper do: in period with the mark's own at times."""
    side = dice.choice([16, 32, 64, 96, 128, round(128 * min(width, height) / 360)])
    rows = [dice.randbytes(side) for _ in range(side)]
    body = b"".join((rows[y % side] * (width // side + 1))[:width] for y in range(height))
    graymap(path, width, height, body)


def bars(path, dice, width, height):
    """Stripes of one or two periods."""
    first, second = dice.randint(2, 40), dice.randint(2, 40)
    line = bytes(40 + 60 * (x // first % 2) + 60 * (x // second % 2) for x in range(width))
    shift = dice.choice([0, 0, 1, 2, 3])
    body = b"".join(line[(y * shift) % width:] + line[:(y * shift) % width] for y in range(height))
    graymap(path, width, height, body)


def graymap(path, width, height, body):
    with open(path, "wb") as file:
        file.write(b"P5 %d %d 255\n" % (width, height) + body)


def source(kind, dice, width, height):
    """ffmpeg's lavfi source and filters of one kind of scene."""
    size, seed = f"s={width}x{height}", dice.randint(1, 10**6)
    page = ",".join(
        f"drawtext=text='{' '.join(dice.choices(WORDS, k=dice.randint(3, 9)))}':fontsize={dice.randint(14, 44)}:"
        f"fontcolor=0x{dice.randint(0, 0xFFFFFF):06x}:x={dice.randint(0, width // 3)}:y={y}"
        for y in range(10, height - 30, dice.randint(24, 60)))
    boxes = ",".join(
        f"drawbox=x={dice.randint(0, width)}:y={dice.randint(0, height)}:w={dice.randint(8, width // 2)}:"
        f"h={dice.randint(8, height // 2)}:color=0x{dice.randint(0, 0xFFFFFF):06x}:t={dice.choice(['fill', '4'])}"
        for _ in range(dice.randint(3, 25)))
    octaves = "color=gray:s=16x9[o0]" + "".join(
        f";color=gray:s={w}x{w * 9 // 16},noise=alls={dice.randint(40, 100)}:all_seed={dice.randint(1, 10**6)},"
        f"scale={width}:{height}:flags=bicubic[n{n}];[o{n}]scale={width}:{height}[s{n}];"
        f"[s{n}][n{n}]blend=all_expr='A*{1 - a}+B*{a}'[o{n + 1}]"
        for n, (w, a) in enumerate(((16, 0.7), (48, 0.4), (128, 0.3), (384, 0.2))))
    period = dice.uniform(4, 40)
    waves = (f"nullsrc=s={width // 2}x{height // 2},geq=lum='128+50*sin(X*{6.2832 / period:.4f}+Y*{dice.uniform(-1, 1):.3f})"
             f"+40*sin(hypot(X-{width // 4},Y-{height // 4})*{dice.uniform(0.1, 1.5):.3f}+T)':cb=128:cr=128,"
             f"scale={width}:{height}:flags=bicubic")
    return {
        "mandelbrot": f"mandelbrot={size}:start_x={dice.uniform(-1.4, 0.3):.5f}:start_y={dice.uniform(0, 0.9):.5f}:"
                      f"start_scale={10 ** dice.uniform(-3, 0.3):.5f}",
        "gradients": f"gradients={size}:seed={seed}:nb_colors={dice.randint(2, 8)}",
        "life": f"life={size}:seed={seed}:ratio={dice.uniform(0.1, 0.6):.2f}",
        "cells": f"cellauto={size}:seed={seed}:rule={dice.choice([18, 30, 45, 73, 90, 110, 150])}",
        "sierpinski": f"sierpinski={size}:seed={seed}",
        "testcard": f"{dice.choice(['testsrc', 'testsrc2', 'smptehdbars', 'pal75bars', 'rgbtestsrc'])}={size}",
        "page": f"color=0x{dice.randint(0xA0A0A0, 0xFFFFFF):06x}:{size},{page}",
        "boxes": f"color=0x{dice.randint(0, 0xFFFFFF):06x}:{size},{boxes}",
        "noise": f"color=gray:{size},noise=alls={dice.randint(5, 100)}:allf=t:all_seed={seed}",
        "octaves": octaves + f";[o4]eq=contrast={dice.uniform(1, 2.5):.2f}",
        "waves": waves,
    }[kind]


DRAWN = {"tiles": tiles, "bars": bars}
KINDS = ["mandelbrot", "gradients", "life", "cells", "sierpinski", "testcard", "page", "boxes", "noise", "octaves",
         "waves", *DRAWN]


def draw(number, folder):
    """Makes the picture or clip of a number: the same one each time."""
    dice = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    width, height = 2 * dice.randint(160, 640), 2 * dice.randint(120, 400)
    isClip = number % 10 == 9
    command = ["ffmpeg", "-v", "error", "-y"]
    if kind in DRAWN:
        raw = os.path.join(folder, "drawn.pgm")
        DRAWN[kind](raw, dice, width, height)
        command += ["-loop", "1", "-i", raw]
    else:
        command += ["-f", "lavfi", "-i", source(kind, dice, width, height)]
    changes = dice.choice([None, None, f"noise=alls={dice.randint(2, 12)}:allf=t:all_seed={number + 1}",
                           f"gblur=sigma={dice.uniform(0.5, 4):.1f}", f"rotate={dice.uniform(-0.2, 0.2):.3f}",
                           "eq=contrast=0.5:brightness=-0.2"])
    if changes:
        command += ["-vf", changes]
    if isClip:
        path = os.path.join(folder, "unmarked.mp4")
        command += ["-frames:v", "16", "-c:v", "libx264", "-preset", "veryfast", "-crf", str(dice.randint(18, 32)),
                    "-pix_fmt", "yuv420p"]
    else:
        path = os.path.join(folder, dice.choice(["unmarked.png", "unmarked.jpg"]))
        command += ["-frames:v", "1", "-q:v", str(dice.randint(2, 8)), "-update", "1"]
    subprocess.run(command + [path], check=True)
    return kind, path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assay", default=os.path.join(HERE, "../../.build/release/assay"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keys", type=int, default=4)
    parser.add_argument("--folder", action="append", default=[])
    options = parser.parse_args()
    seen, taken, refused, highest = 0, [], 0, (0.0, "")
    bound = 0.0
    with tempfile.TemporaryDirectory() as folder:
        keys = []
        for n in range(options.keys):
            keys.append(os.path.join(folder, f"secret{n}"))
            open(keys[-1], "w").write(hashlib.sha256(b"unmarked %d" % n).hexdigest() + "\n")

        def look(name, path):
            nonlocal seen, refused, highest, bound
            answer = subprocess.run([options.assay, "watermark", "detect", path, "--key", *keys],
                                    capture_output=True, text=True)
            if not answer.stdout:
                refused += 1
                return
            found = json.loads(answer.stdout)
            seen += 1
            bound = max(bound, found["bound"])
            highest = max(highest, (found["sync"], name))
            if found["verdict"] != "none":
                taken.append(name)
            if seen % 100 == 0:
                report()

        def report():
            print(f"{len(taken)} of {seen} taken for marked with {options.keys} keys each ({refused} not readable); "
                  f"highest sync {highest[0]:.2f} ({highest[1]}); bound {bound:.1e} a file, "
                  f"{bound * seen:.1e} for all", flush=True)

        for number in range(options.first, options.first + options.count):
            kind, path = draw(number, folder)
            look(f"{kind} {number}", path)
        for root in options.folder:
            for place, _, names in os.walk(root):
                for name in sorted(names):
                    if os.path.splitext(name)[1].lower() in MEDIA:
                        look(name, os.path.join(place, name))
        report()
    for name in taken:
        print("TAKEN", name)
    sys.exit(1 if taken else 0)


main()

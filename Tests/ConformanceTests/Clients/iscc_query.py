"""The Video-Code of a clip by the reference implementation, as C2PA's resolution API takes it.

Usage: iscc_query.py CLIP. Prints base64 of an ISCC-SEQ (IEP-0020) with the one unit of 256 bits. Frame
signatures are FFmpeg's, the code is iscc-core's: nothing here is ours.
"""

import base64
import os
import re
import subprocess
import sys
import tempfile

import iscc_core

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", os.path.abspath(sys.argv[1]), "-an", "-vf",
         "signature=format=xml:filename=signature.xml", "-f", "null", "-"], cwd=folder, check=True)
    with open(os.path.join(folder, "signature.xml"), encoding="ascii") as handle:
        text = handle.read()
frames = [
    tuple(int(number) for number in found.split())
    for found in re.findall(r"<FrameSignature>([\d\s]+)</FrameSignature>", text)
]
unit = iscc_core.gen_video_code_v0(frames, bits=256)["iscc"]
print(base64.b64encode(iscc_core.encode_seq([unit])).decode("ascii"))

"""Averages adapters of several runs into one of a given rank.

Runs that begin at the same weights and draw rows differently err differently, and the mean of what
they learnt is right more often than each (Wortsman et al. 2022, "Model soups"). The mean of low-rank
products has a higher rank; the singular vectors of the largest values keep nearly all of it.

Usage: average.py OUT.safetensors RANK A.safetensors B.safetensors…

The head is the first file's and has to be trained again, by `head.py`. Needs numpy and safetensors.
"""

import sys

import numpy as np
from safetensors.numpy import load_file, save_file


def truncated(matrix, rank):
    """(b, a, share of the squares that b @ a keeps)"""
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    root = np.sqrt(values[:rank])
    share = (values[:rank] ** 2).sum() / (values**2).sum()
    return left[:, :rank] * root, root[:, None] * right[:rank], share


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    out, rank = sys.argv[1], int(sys.argv[2])
    runs = [load_file(path) for path in sys.argv[3:]]
    kept, shares = dict(runs[0]), []
    for name in [name for name in kept if name.endswith(".a")]:
        other = name[:-1] + "b"
        mean = sum(
            run[other].astype(np.float32) @ run[name].astype(np.float32) for run in runs) / len(runs)
        b, a, share = truncated(mean, rank)
        kept[name], kept[other] = a.astype(np.float16), b.astype(np.float16)
        shares.append(share)
    save_file({name: np.ascontiguousarray(value) for name, value in kept.items()}, out)
    print(f"rank {rank} keeps {100 * min(shares):.1f} % and more of each matrix")


if __name__ == "__main__":
    main()

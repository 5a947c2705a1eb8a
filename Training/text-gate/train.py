"""Trains the text gate: a low-rank adapter (LoRA, Hu et al. 2021) of MiniLM's matrices, and a head.

Recipe: one output that decides ("unsafe"), 13 categories that name, and tags that only help to
learn. An unsafe row is often labelled with one category only, so its other categories weigh 0.3; a
rare category weighs up to 6 times as much; a row is drawn less often the more rows its source has;
benign and unsafe rows are drawn equally often; a share is drawn in a fresh disguise, wrapped, thinned
or beside another row. Labels that were derived from pictures, not from the words, count as unsure.
The head is trained on frozen embeddings first, then head and adapter together; what is kept is the
running average of the weights, which generalises better to unseen sources than the last ones
(Izmailov et al. 2018, Cha et al. 2021).

Usage: train.py --read READ_ROWS --models FOLDER --base model.safetensors --out gate.safetensors
                --train A.jsonl… [--measure NAME=B.jsonl…] [--drop SOURCE…] [--seed 1]

Texts become tokens by `read-rows`, the product's own normaliser and tokenizer, so that there is no
second implementation that could differ. `--drop` leaves whole sources out of the training and
measures on them; `--measure` writes scores of other rows. Both go to GATE.scores.json.

Needs torch (the CPU build) and safetensors.
"""

import argparse
import json
import math
import os
import random
import subprocess
import time

import torch
from disguises import disguise
from labels import CATEGORIES, LABELS, TAGS, family
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional
from variations import thinned, trimmed, wrapped

WIDTH, ATTENTION_HEADS, LAYERS = 384, 12, 6
# [CLS] and [SEP] of the vocabulary, and the most tokens between them; as in TextGate.
FIRST, LAST, LONGEST = 101, 102, 126
# Short windows of long texts are judged alone, too.
WINDOW = 40
# Longer rows are learnt a part at a time.
LEARNT = 56
MATRICES = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "output": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense"}
# The product of the two adapter matrices counts this many times.
SCALE = 2.0
# What an unsafe row counts as whose label was derived from the pictures that its prompt gave.
WEAK = 0.85
# Half-life of the average of the weights, as a share of the run.
HALF_LIFE = 0.06


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def tokens(arguments, texts):
    """For each text its views (itself, decoded parts) as token ids."""
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    output = subprocess.run(
        [arguments.read, arguments.models, "tokens"], input=rows, check=True,
        stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in output.splitlines()]


def training_tokens(arguments, texts):
    """The one view that a row of training data is: its decoded part when it is nothing else."""
    return [
        (views[1] if len(views) == 2 and not views[0] else views[0]) or [100]
        for views in tokens(arguments, texts)]


class Adapted(nn.Module):
    """A linear layer whose weights stay, and what is learnt beside them."""

    def __init__(self, weight, bias, rank):
        super().__init__()
        self.weight = nn.Parameter(weight.bfloat16(), requires_grad=False)
        self.bias = nn.Parameter(bias.bfloat16(), requires_grad=False)
        self.a = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x):
        learnt = functional.linear(functional.linear(x, self.a), self.b)
        return functional.linear(x, self.weight, self.bias) + SCALE * learnt


class Encoder(nn.Module):
    def __init__(self, weights, rank, dropout):
        super().__init__()
        fixed = lambda name: nn.Parameter(weights[name], requires_grad=False)
        norm = lambda name: nn.ParameterList([fixed(name + ".weight"), fixed(name + ".bias")])
        self.words = fixed("embeddings.word_embeddings.weight")
        self.places = nn.Parameter(
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0], requires_grad=False)
        self.norm = norm("embeddings.LayerNorm")
        self.layers = nn.ModuleList()
        self.dropout = dropout
        for layer in range(LAYERS):
            prefix = f"encoder.layer.{layer}."
            parts = nn.ModuleDict({
                name: Adapted(
                    weights[prefix + path + ".weight"], weights[prefix + path + ".bias"], rank)
                for name, path in MATRICES.items()})
            parts["norm1"] = norm(prefix + "attention.output.LayerNorm")
            parts["norm2"] = norm(prefix + "output.LayerNorm")
            self.layers.append(parts)

    def forward(self, ids, mask):
        count, length = ids.shape
        drop = lambda x: functional.dropout(x, self.dropout, self.training)
        norm = lambda x, p: functional.layer_norm(x, (WIDTH,), p[0], p[1], 1e-12)
        split = lambda x: x.view(count, length, ATTENTION_HEADS, -1).transpose(1, 2)
        x = drop(norm(functional.embedding(ids, self.words) + self.places[:length], self.norm))
        attended = mask[:, None, None, :].bool()
        for part in self.layers:
            mixed = functional.scaled_dot_product_attention(
                split(part["query"](x)), split(part["key"](x)), split(part["value"](x)),
                attn_mask=attended)
            mixed = mixed.transpose(1, 2).reshape(count, length, WIDTH)
            x = norm(x + drop(part["output"](mixed)), part["norm1"])
            x = norm(x + drop(part["down"](functional.gelu(part["up"](x)))), part["norm2"])
        kept = mask[..., None].to(x.dtype)
        mean = (x * kept).sum(1) / kept.sum(1)
        # Unit variance instead of unit length: what the head reads.
        return functional.normalize(mean.float(), dim=1) * math.sqrt(WIDTH)


def padded(batch):
    length = max(len(row) for row in batch) + 2
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length)
    for index, row in enumerate(batch):
        ids[index, :len(row) + 2] = torch.tensor([FIRST, *row, LAST])
        mask[index, :len(row) + 2] = 1
    return ids, mask


@torch.no_grad()
def embeddings(encoder, rows, size=64):
    encoder.eval()
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    result = torch.zeros(len(rows), WIDTH)
    for start in range(0, len(order), size):
        chosen = order[start:start + size]
        result[chosen] = encoder(*padded([rows[index] for index in chosen]))
    return result


def targets(rows):
    """Labels, and how sure each is."""
    wanted = torch.tensor([
        [row["unsafe"]] + [name in row["categories"] for name in CATEGORIES]
        + [name in row["tags"] for name in TAGS] for row in rows], dtype=torch.float)
    sure = torch.ones_like(wanted)
    sure[(wanted[:, :1] == 1).expand_as(wanted) & (wanted == 0)] = 0.3
    weak = torch.tensor([row["unsafe"] and row.get("quality") == "weak" for row in rows])
    wanted[weak] *= WEAK
    return wanted, sure


def shares(rows):
    """How often each row is drawn: less often the more rows its source has, and unsafe rows as
    often as benign ones."""
    counts = {}
    for row in rows:
        key = (family(row), row["unsafe"])
        counts[key] = counts.get(key, 0) + 1
    share = torch.tensor([counts[family(row), row["unsafe"]] ** -0.5 for row in rows])
    for unsafe in (True, False):
        group = torch.tensor([row["unsafe"] == unsafe for row in rows])
        share[group] *= 0.5 / share[group].sum()
    return share.tolist()


def processor_time():
    """Seconds of this process and of the programs that it has run."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Objective:
    def __init__(self, rows):
        self.wanted, self.sure = targets(rows)
        balance = ((1 - self.wanted) * self.sure).sum(0) / self.wanted.sum(0).clamp(min=1)
        self.balance = balance.sqrt().clamp(1, 6)
        self.balance[0] = 1

    def loss(self, logits, rows):
        loss = functional.binary_cross_entropy_with_logits(
            logits, self.wanted[rows], pos_weight=self.balance, reduction="none")
        loss = loss * self.sure[rows]
        return loss[:, 0].mean() + loss[:, 1:].sum(1).mean() / 6


class Training:
    def __init__(self, arguments, rows):
        self.arguments, self.rows = arguments, rows
        self.chance = random.Random(arguments.seed)
        self.began = time.time()
        self.objective = Objective(rows)
        self.shares = shares(rows)
        self.harmless = [index for index, row in enumerate(rows) if not row["unsafe"]]
        self.harmless_shares = [self.shares[index] for index in self.harmless]
        self.plain = training_tokens(arguments, [row["text"] for row in rows])
        base = {name: value.float() for name, value in load_file(arguments.base).items()}
        self.encoder = Encoder(base, arguments.rank, arguments.dropout)
        self.head = nn.Linear(WIDTH, self.objective.wanted.shape[1])
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, -1)
        if arguments.start:
            self.load(arguments.start)

    def say(self, *text):
        print(*text, f"{time.time() - self.began:.0f} s", flush=True)

    def drawn(self, count):
        """Rows and token ids: drawn by share, some disguised or wrapped, long ones a part of them."""
        rows = self.chance.choices(range(len(self.rows)), self.shares, k=count)
        changed = {}
        for place, index in enumerate(rows):
            text, modality = self.rows[index]["text"], self.rows[index]["modality"]
            lot = self.chance.random() - self.arguments.disguised
            if lot < 0:
                changed[place] = disguise(text, self.chance)
            elif lot < 0.12 and len(text) < 200:
                changed[place] = wrapped(text, modality, self.chance)
            elif lot < 0.2:
                changed[place] = trimmed(text, self.chance)
        ids = [self.plain[index] for index in rows]
        for place, tokens in zip(changed, training_tokens(self.arguments, list(changed.values()))):
            ids[place] = tokens
        ids = [self.part(index, tokens) for index, tokens in zip(rows, ids)]
        return rows, [self.beside(index, tokens) for index, tokens in zip(rows, ids)]

    def beside(self, index, row):
        """Some rows lose words; some short ones stand before or after a harmless one."""
        lot = self.chance.random()
        if lot < 0.1:
            return thinned(row, self.chance)
        if lot > 0.2 or len(row) > LEARNT // 2:
            return row
        (other,) = self.chance.choices(self.harmless, self.harmless_shares)
        other = self.plain[other][:LEARNT - len(row)]
        return row + other if self.chance.random() < 0.5 else other + row

    def part(self, index, row):
        """Any window of a harmless text is harmless; of harm, the beginning tells most."""
        if len(row) <= LEARNT:
            return row
        length = self.chance.choice((WINDOW, LEARNT))
        if self.rows[index]["unsafe"] and self.chance.random() < 0.7:
            return row[:LEARNT]
        start = self.chance.randrange(len(row) - length)
        return row[start:start + length]

    def train_head(self, steps=600, rate=5e-3):
        rows, ids = self.drawn(4000)
        with torch.autocast("cpu", torch.bfloat16):
            x = embeddings(self.encoder, ids)
        source = torch.tensor(rows)
        optimizer = torch.optim.AdamW(self.head.parameters(), lr=rate, weight_decay=0.05)
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
            batch = torch.randint(len(source), (256,))
            loss = self.objective.loss(self.head(x[batch]), source[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        self.say("head", f"{loss.item():.3f}")

    def batches(self):
        """Rows of similar length together, in random order."""
        size = self.arguments.batch
        rows, ids = self.drawn(size * 64)
        order = sorted(range(len(rows)), key=lambda index: len(ids[index]))
        batches = [order[start:start + size] for start in range(0, len(order), size)]
        self.chance.shuffle(batches)
        for batch in batches:
            yield torch.tensor([rows[index] for index in batch]), [ids[i] for i in batch]

    def train(self):
        """For so many minutes of its processor, the rate falling to zero: machines differ and are
        shared."""
        learnt = [value for value in self.encoder.parameters() if value.requires_grad]
        optimizer = torch.optim.AdamW([
            {"params": learnt, "lr": self.arguments.rate, "weight_decay": 0.01},
            {"params": self.head.parameters(), "lr": 1e-3, "weight_decay": 0.01}])
        rates = [group["lr"] for group in optimizer.param_groups]
        every = learnt + list(self.head.parameters())
        average = [value.detach().clone() for value in every]
        began, step, done, before = processor_time(), 0, 0.0, 0.0
        while done < 1:
            total, count = 0.0, 0
            self.encoder.train()
            for rows, ids in self.batches():
                done = (processor_time() - began) / (60 * self.arguments.minutes)
                speed = min(1, (done + 1e-3) / 0.06) * max(0.02, 1 - done)
                for group, rate in zip(optimizer.param_groups, rates):
                    group["lr"] = rate * speed
                with torch.autocast("cpu", torch.bfloat16):
                    x = self.encoder(*padded(ids))
                loss = self.objective.loss(self.head(functional.dropout(x.float(), 0.1)), rows)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(learnt, 1)
                optimizer.step()
                kept, before = 0.5 ** ((done - before) / HALF_LIFE), done
                torch._foreach_lerp_(average, [value.detach() for value in every], 1 - kept)
                step, total, count = step + 1, total + loss.item(), count + 1
                if done >= 1:
                    break
            self.say(f"step {step}, {done:.0%}: loss {total / count:.4f},")
            last = [value.detach().clone() for value in every]
            self.put(every, average)
            self.save(self.arguments.out)
            if done < 1:
                self.put(every, last)

    @torch.no_grad()
    def put(self, parameters, values):
        for parameter, value in zip(parameters, values):
            parameter.copy_(value)

    @torch.no_grad()
    def scores(self, rows):
        """The worst of the views and windows of each row, as in the product."""
        ids, owner = [], []
        for index, views in enumerate(tokens(self.arguments, [row["text"] for row in rows])):
            for view in views:
                for start, end in windows(len(view)):
                    ids.append(view[start:end])
                    owner.append(index)
        with torch.autocast("cpu", torch.bfloat16):
            x = embeddings(self.encoder, ids)
        all_scores = torch.sigmoid(self.head(x))[:, :len(LABELS)]
        result = torch.zeros(len(rows), len(LABELS))
        for index, score in zip(owner, all_scores):
            result[index] = torch.maximum(result[index], score)
        return [[round(value, 5) for value in row] for row in result.tolist()]

    @torch.no_grad()
    def load(self, path):
        """Goes on from an earlier adapter and head."""
        earlier = load_file(path)
        self.head.weight.copy_(earlier["linear.weight"])
        self.head.bias.copy_(earlier["linear.bias"])
        for number, layer in enumerate(self.encoder.layers):
            for name, part in MATRICES.items():
                for side in "ab":
                    value = earlier[f"encoder.layer.{number}.{part}.{side}"].float()
                    getattr(layer[name], side).copy_(value)

    def save(self, path):
        # A head that says nothing, until head.py has trained the one that ships.
        kept = {
            "linear.weight": self.head.weight, "linear.bias": self.head.bias,
            "head.hidden.weight": torch.zeros(1, 3 * WIDTH), "head.hidden.bias": torch.zeros(1),
            "head.output.weight": torch.zeros(len(LABELS), 1),
            "head.output.bias": torch.zeros(len(LABELS))}
        for number, layer in enumerate(self.encoder.layers):
            for name, part in MATRICES.items():
                for side in "ab":
                    value = getattr(layer[name], side)
                    kept[f"encoder.layer.{number}.{part}.{side}"] = value.half()
        save_file({name: value.detach().contiguous() for name, value in kept.items()}, path)


def windows(count):
    """As TextGate.windows."""
    def cut(length, step):
        start = 0
        while start < count:
            yield start, min(start + length, count)
            if start + length >= count:
                break
            start += step

    yield from cut(LONGEST, 94)
    if count > WINDOW * 3 // 2:
        yield from cut(WINDOW, 28)


def main():
    parser = argparse.ArgumentParser()
    for name in ("--read", "--models", "--base", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--measure", nargs="*", default=[])
    parser.add_argument("--drop", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rank", type=int, default=12)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--disguised", type=float, default=0.4)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)

    every = [row for path in arguments.train for row in read(path)]
    dropped = [row for row in every if family(row) in arguments.drop]
    training = Training(arguments, [row for row in every if family(row) not in arguments.drop])
    training.say(len(training.rows), "rows,")
    if not arguments.start:
        training.train_head()
    training.train()
    measured = dict(value.split("=", 1) for value in arguments.measure)
    sets = {name: read(path) for name, path in measured.items()}
    if dropped:
        sets["dropped"] = dropped
    scores = {
        name: [
            {"id": row["id"], "scores": dict(zip(LABELS, values))}
            for row, values in zip(rows, training.scores(rows))]
        for name, rows in sets.items()}
    with open(arguments.out.removesuffix(".safetensors") + ".scores.json", "w") as file:
        json.dump(scores, file)
    training.say("done,")


if __name__ == "__main__":
    main()

"""Rows of templates: `{a|b}` takes one of the alternatives, `{name}` one line of a list.

A file of `rows/templates` holds lists, `@name = a | b`, sections, `## modality categories tags xN`
(`-` for none; N rows a template), and templates, one a line. A list of `shared.txt` can be used in
all files. Alternatives may hold alternatives.
"""

import os
import random
import re

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rows", "templates")
INNERMOST = re.compile(r"{([^{}]*)}")
# Fillings tried for a row before its template counts as used up.
TRIES = 6


def parsed(name, lists):
    """(modality, categories, tags, rows a template, template) of each template of a file."""
    section = None
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        for line in map(str.strip, file):
            if not line or line.startswith("%"):
                continue
            if line.startswith("@"):
                key, values = line[1:].split("=", 1)
                lists.setdefault(key.strip(), []).extend(v.strip() for v in values.split("|"))
            elif line.startswith("##"):
                modality, categories, tags, count = line[2:].split()
                split = lambda text: [] if text == "-" else text.split(",")
                section = modality, split(categories), split(tags), int(count[1:])
            else:
                yield *section, line


def filled(template, lists, chance):
    def choice(match):
        body = match[1]
        values = lists[body] if body in lists else body.split("|")
        return chance.choice(values)

    text = template
    while INNERMOST.search(text):
        text = INNERMOST.sub(choice, text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.!?;])", r"\1", text)
    text = re.sub(r"\b([Aa]) (?=[aeiouAEIOU](?!ni|se|ne))", r"\1n ", text)
    return text[:1].upper() + text[1:]


def rows():
    """(template, text, modality, categories, tags, source)"""
    shared = {}
    for _ in parsed("shared.txt", shared):
        pass
    for name in sorted(os.listdir(FOLDER)):
        lists = {key: list(values) for key, values in shared.items()}
        for modality, categories, tags, count, template in list(parsed(name, lists)):
            chance = random.Random(template)
            texts = dict.fromkeys(
                filled(template, lists, chance) for _ in range(count * TRIES))
            for index, text in enumerate(list(texts)[:count]):
                # Speech comes without capitals and full stops now and then, prompts too.
                if index % 4 == 3:
                    text = text.lower().rstrip(".")
                source = f"{name.removesuffix('.txt')}/{'unsafe' if categories else 'benign'}"
                yield template, text, modality, categories, tags, source

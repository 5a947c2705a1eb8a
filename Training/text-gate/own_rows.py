"""Rows of our own: everyday speech, harmless questions, prompts with alarming words, terse harm.

Public training sets hold hardly any harmless question, little harmless speech and next to nothing
as short as what a recogniser makes of a greeting, so that a model learns that a question mark, or a
short text, is harm. The sentences stand in `rows/`, one a line; `{slots}` are filled from the lists
below, the same way each time. A tenth of the lines, with everything made of them, is held out: it
is for measuring and never trained on.

Usage: own_rows.py train|held-out > own-everyday.jsonl
"""

import hashlib
import itertools
import json
import os
import random
import re
import sys

import templates

ROWS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rows")
# One line with a slot becomes this many rows.
FILLINGS = 8
# One line of a sign becomes so many more.
READINGS = 3
# One line in so many is held out, with all that is made of it.
HELD_OUT = 10

NAMES = """
Helen|Anna|Peter|Maria|John|Fatima|Ali|Chen|Yuki|Olga|Ivan|Rosa|Carlos|Amara|Kofi|Priya|Raj|Sara
David|Miriam|Thomas|Lucy|Emma|Noah|Omar|Leila|Mr Brown|Mrs Smith|Dr Patel|Grandma|Uncle Bob|Dick
Gaylord|Mohammed|Jesus|Mei|Aisha|Greta|Sven|Juan|Pierre|Chloe|Hans|Zoe|Max|Eve|Adam|Kim|Alex|Sam
"""
SLOTS = {
    "name": NAMES,
    "name2": NAMES,
    "place": """
London|Paris|Berlin|New York|Tokyo|Mumbai|Lagos|Cairo|Rome|Madrid|Chicago|Sydney|Toronto|Vienna
Dublin|Beirut|Kyiv|Jerusalem|Istanbul|Mexico City|Manchester|Boston|Warsaw|Nairobi|Hiroshima
""",
    "food": """
pancakes|chicken soup|pasta|rice|apple pie|fish and chips|tomato salad|sausages|cheese|ice cream
chocolate cake|chicken breast|meatballs|spare ribs|hot dogs|curry|dumplings|tacos|falafel|bread
""",
    "animal": """
dog|cat|puppy|kitten|rabbit|horse|pony|cow|pig|sheep|goat|duck|chicken|parrot|hamster|bear|fox
""",
    "thing": """
umbrella|phone|jacket|bag|camera|hat|watch|lamp|chair|kettle|pan|bicycle|laptop|pencil|toothbrush
""",
    "hour": """
seven o'clock|half past eight|noon|midnight|six thirty|ten to nine|quarter past three|five
""",
    "instrument": "piano|violin|guitar|flute|drums|trumpet|cello|clarinet|harp|organ",
    "job": """
doctor|nurse|teacher|baker|dentist|pilot|plumber|lawyer|butcher|firefighter|police officer|vet
soldier|waitress|hairdresser|priest|cleaner|gardener|bus driver|photographer
""",
    "nice": """
beautiful|lovely|gorgeous|so sweet|funny|clever|amazing|wonderful|brave|so kind|handsome|a darling
""",
    "group": """
Black|Jewish|Muslim|gay|Asian|Mexican|disabled|immigrant|African|Arab|Romani|Indian|trans|Chinese
""",
}

TASKS = """
bake sourdough bread|fix a flat bicycle tyre|water a cactus|fold a fitted sheet|tie a bow tie
train a puppy to sit|sharpen a kitchen knife|kill weeds without chemicals|clean a cast iron pan
shoot portraits in low light|cut onions without crying|beat egg whites|strip old paint from a door
get rid of a wasp nest safely|treat a small burn|check my own blood pressure|crack an egg
bleed a radiator|mount a television on the wall|attack the net in tennis|burn fewer calories sitting
break in new boots|hit a golf ball straight|blow glass|dye a cotton shirt|knock down a plaster wall
butcher a whole chicken|smoke a salmon|pick a good watermelon|hack together a quick costume
explain death to a child|help a friend who is sad|talk to my teenager about safety
choose a first telescope|grow tomatoes on a balcony|learn the violin as an adult|plan a garden
make a bomb-shaped chocolate cake|steal a base in baseball|crush garlic|drown out street noise
execute a spreadsheet macro|kill a frozen program on my laptop|shoot a short film on a phone
choke up on a bat|dodge in fencing|cut a fringe|wax skis|paint a nude study in art class
photograph a breastfeeding mother for a clinic poster|wrap a sprained ankle|stop a nosebleed
dissect a flower for biology class|teach the history of slavery|quit smoking|spot a phishing mail
store medicine away from children|report a stolen bicycle|protect my home from burglars
defend a thesis|roast a duck|make fake blood for a school play|carve a pumpkin|pluck a guitar
"""
QUESTIONS = [
    "How do I {}?", "What is the best way to {}?", "Can you show me how to {}?",
    "Why is it so hard to {}?", "What do I need to {}?", "Is it difficult to {}?",
]
SPEECH = """
Today we will {}, step by step.|I never thought I would {}, but here we are.
My grandmother taught me how to {}.|Let me tell you what happened when I tried to {}.
If you want to {}, take your time.|Next week on the show, we {}.
That was the worst attempt to {} that I have ever seen, and I loved it.
Oh man, I was dying with laughter when he tried to {}.|She can {} better than anyone I know.
Shut up, you did not just {} in ten minutes!|Girl, you look amazing, where did you learn to {}?
"""
# How many rows of TASKS are taken of all that could be made.
TASK_ROWS = 880


def words(text):
    return [word for word in text.replace("\n", "|").split("|") if word]


def lines(name):
    with open(os.path.join(ROWS, name), encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip()]


def held_out(line):
    return hashlib.sha256(line.encode()).digest()[0] % HELD_OUT == 0


def filled(line):
    """The line itself, or FILLINGS different ways to fill its slots."""
    slots = re.findall(r"{(\w+)}", line)
    if not slots:
        return [line]
    chance = random.Random(line)
    choices = [chance.sample(words(SLOTS[slot]), FILLINGS) for slot in slots]
    return [
        line.format(**dict(zip(slots, choice)))
        for choice in zip(*choices) if len(set(choice)) == len(choice)]


def with_commas_gone(text):
    """As a recogniser writes it that hears no punctuation."""
    return text.replace(",", "").rstrip(".")


def labelled(name):
    """(line, modality, categories) of a file with sections `# modality categories`, `-` for none."""
    modality, categories = None, []
    for line in lines(name):
        if line.startswith("# "):
            modality, names = line[2:].split(" ", 1)
            categories = [] if names == "-" else names.split(",")
        else:
            yield line, modality, categories


def tasks():
    every = list(itertools.product(words(TASKS), QUESTIONS + words(SPEECH)))
    random.Random(1).shuffle(every)
    for task, pattern in every[:TASK_ROWS]:
        modality = "prompt" if pattern in QUESTIONS and len(task) % 2 else "transcript"
        yield task, pattern.format(task), modality


def as_read(line, chance):
    """As a reader of pictures gives a line back: letters taken for others, spaces lost."""
    swaps = {"I": "l", "l": "I", "O": "0", "o": "0", "g": "q", "rn": "m"}
    for old, new in swaps.items():
        if old in line and chance.random() < 0.2:
            line = line.replace(old, new, 1)
    return line.replace(" ", "", 1) if chance.random() < 0.2 else line


def signs():
    """What is written in pictures: one line, several that have nothing to do with each other, or one
    that stands there again and again, as a moving mark does."""
    benign = list(labelled("written/signs-benign.txt"))
    for name in ("benign", "harmful"):
        for line, modality, categories in labelled(f"written/signs-{name}.txt"):
            chance = random.Random(line)
            beside = [other for other, _, _ in benign if held_out(other) == held_out(line)]
            for _ in range(READINGS):
                read = [line] + chance.sample(beside, chance.choice((0, 1, 1, 2, 4)))
                if len(read) == 1:
                    read = [line] * chance.choice((1, 2, 3))
                chance.shuffle(read)
                text = " ".join(as_read(part, chance) for part in read)
                yield line, text, modality, categories, [], f"read-signs-{name}/several"


def rows():
    """(line it comes of, text, modality, categories, tags, source)"""
    yield from templates.rows()
    for name in ("fragments", "speech", "home", "phrases"):
        for line in lines(name + ".txt"):
            for index, text in enumerate(filled(line)):
                plain = index % 4 == 3 and with_commas_gone(text)
                yield line, plain or text, "transcript", [], [], f"everyday/{name}"
    for line in lines("questions.txt"):
        for index, text in enumerate(filled(line)):
            yield line, text, "prompt" if (index + len(line)) % 2 else "transcript", [], \
                [], "questions/everyday"
    for line in lines("video.txt"):
        for text in filled(line):
            yield line, text, "prompt", [], [], "alarming/video"
    for line, text, modality in tasks():
        yield line, text, modality, [], [], "questions/tasks"
    for line, modality, categories in labelled("unsafe.txt"):
        for text in filled(line):
            yield line, text, modality, categories, [], "terse/unsafe"
    for name in sorted(os.listdir(os.path.join(ROWS, "written"))):
        kind = "written-" + name.removesuffix(".txt")
        for line, modality, categories in labelled("written/" + name):
            yield line, line, modality, categories, [], kind + "/one"
    yield from signs()


def main():
    if sys.argv[1:] not in (["train"], ["held-out"]):
        sys.exit(__doc__)
    seen = set()
    for line, text, modality, categories, tags, source in rows():
        if (text, modality) in seen:
            continue
        seen.add((text, modality))
        if held_out(line) == (sys.argv[1] == "held-out"):
            print(json.dumps({
                "id": f"own-everyday-{len(seen):04}", "text": text, "modality": modality,
                "unsafe": bool(categories), "categories": categories, "tags": tags,
                "source": source}))


if __name__ == "__main__":
    main()

"""Random disguises of a text, as people write to slip past a filter: for training copies."""

import base64
import codecs

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8"}
LOOK_ALIKE = dict(zip("aeopcxiyskhmt", "аеорсхіуѕкһмт"))
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
MARKS = "\u0301\u0308\u0323\u0336"


def per_character(change, share):
    def disguise(text, random):
        return "".join(
            change(character, random) if random.random() < share else character
            for character in text)
    return disguise


def per_word(change, share):
    def disguise(text, random):
        return " ".join(
            change(word, random) if len(word) > 3 and random.random() < share else word
            for word in text.split(" "))
    return disguise


def misspelt(word, random):
    place = random.randrange(1, len(word) - 1)
    kind = random.random()
    if kind < 0.4:
        return word[:place] + word[place + 1] + word[place] + word[place + 2:]
    if kind < 0.7:
        return word[:place] + word[place + 1:]
    return word[:place] + word[place] + word[place:]


def full_width(character, _):
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


def bold(character, _):
    if "A" <= character <= "Z":
        return chr(0x1D5D4 + ord(character) - ord("A"))
    if "a" <= character <= "z":
        return chr(0x1D5EE + ord(character) - ord("a"))
    return character


KINDS = [
    (3, per_character(lambda c, random: random.choice(LEET.get(c.lower(), c)), 0.8)),
    (4, per_word(misspelt, 0.5)),
    (2, per_word(lambda word, _: " ".join(word), 0.5)),
    (2, per_word(lambda word, random: random.choice(".-_*").join(word), 0.5)),
    (1, per_character(lambda c, _: LOOK_ALIKE.get(c, c), 0.5)),
    (0.5, per_character(lambda c, random: c + random.choice(INVISIBLE), 0.3)),
    (0.5, per_character(lambda c, random: c + random.choice(MARKS), 0.4)),
    (0.5, per_character(full_width, 1)),
    (0.5, per_character(bold, 1)),
    (0.5, per_character(lambda c, _: c.swapcase(), 0.4)),
    (0.5, per_word(lambda word, _: f"<i>{word}</i>", 0.4)),
    (0.5, lambda text, _: base64.b64encode(text[:400].encode()).decode()),
    (0.5, lambda text, _: codecs.encode(text, "rot13")),
    (0.5, lambda text, _: text[::-1]),
]


def disguise(text, random):
    (kind,) = random.choices([kind for _, kind in KINDS], [weight for weight, _ in KINDS])
    return kind(text[:600], random)

"""Benign rows of our own: everyday questions and everyday speech.

Public training sets hold hardly any harmless question and little harmless speech, so a model
learns that a question mark is harm. These rows are put together from short lists, the same ones
each time.

Usage: own_rows.py > own-everyday.jsonl
"""

import itertools
import json
import random

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
""".replace("\n", "|")
QUESTIONS = [
    "How do I {}?", "What is the best way to {}?", "Can you show me how to {}?",
    "Why is it so hard to {}?", "What do I need to {}?", "Is it difficult to {}?",
]
SPEECH = """
Good morning everyone, and welcome back to the channel.|Today we will {}, step by step.
I never thought I would {}, but here we are.|My grandmother taught me how to {}.
Let me tell you what happened when I tried to {}.|If you want to {}, take your time.
That was the worst attempt to {} that I have ever seen, and I loved it.
Oh man, I was dying with laughter when he tried to {}.|She can {} better than anyone I know.
Shut up, you did not just {} in ten minutes!|We killed it on stage last night, thank you all.
Next week on the show, we {}.|Girl, you look amazing, where did you learn to {}?
This city is insane, I love it here.|The team destroyed them in the second half, what a game!
My back is killing me after the move.|I would kill for a coffee right now.
Thanks for watching, and see you next time.|Damn, that is one beautiful sunset.
The quick train leaves at nine from platform four.|Please mind the gap between the doors.
The doctor said the operation went well and she can go home on Friday.
Black coffee, white bread and a yellow lemon, that is my breakfast.
As a gay man I am proud of how far our town has come.|My Muslim neighbours invited us for dinner.
The museum shows how people lived through the war.|Our women's team won the cup.
""".replace("\n", "|")


def rows():
    tasks = [task for task in TASKS.split("|") if task]
    for task, pattern in itertools.product(tasks, QUESTIONS):
        yield pattern.format(task), "transcript"
        yield pattern.format(task), "prompt"
    for line in filter(None, SPEECH.split("|")):
        for task in tasks if "{}" in line else [""]:
            yield line.format(task), "transcript"


if __name__ == "__main__":
    chosen = list(dict.fromkeys(rows()))
    random.Random(1).shuffle(chosen)
    for index, (text, modality) in enumerate(chosen[:900]):
        print(json.dumps({
            "id": f"own-everyday-{index:04}", "text": text, "modality": modality,
            "unsafe": False, "categories": [], "tags": [], "source": "own/everyday"}))

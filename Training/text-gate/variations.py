"""Random variations of a text that change neither its meaning nor its labels: for training copies.

Sources differ in manner more than in matter: one asks questions, one is captions, one is tweets. A
model that sees each manner with one label only learns the manner. So the same wrappers are put
around harmless and harmful rows, ends come and go, and words are lost.
"""

# What people put around what they want to see.
SHOWN = """
A video of {}|Video: {}|Create a video of {}|Generate a clip: {}|Show me {}|Make a short film. {}
I want a video of {}|Can you make a video of {}?|Please animate this: {}|Scene: {}|Footage of {}
{}, cinematic, 4k|{}, realistic style|{}, cartoon style|{}, in the style of an oil painting|{}, anime
{}. Shot on a phone, natural light.|{}. Slow motion, wide shot.|Opening scene: {}|A photo of {}
Imagine {}|Hi! Could you show {}? Thanks!|{} (no text, no watermark)|Camera pans slowly. {}
""".replace("\n", "|").strip("|").split("|")
# What people put around what they say or ask.
SAID = """
{} Thanks!|Hi, {}|Hey guys, {}|Quick question: {}|Okay so {}|{} lol|Honestly, {}|Listen. {}
My friend asked me this: {}|I was wondering: {}|So, um, {}|{} What do you think?|Well, {}|By the way, {}
Translate this: {}|Please help me with this. {}|Look: {}|{} I mean it.|Somebody wrote: {}|As I said, {}
""".replace("\n", "|").strip("|").split("|")


def wrapped(text, modality, random):
    """The text inside a wrapper of its modality; now and then of the other one."""
    first, second = (SHOWN, SAID) if modality == "prompt" else (SAID, SHOWN)
    return random.choice(first if random.random() < 0.85 else second).format(text)


def trimmed(text, random):
    """Without the end mark, or with another one where no question is asked."""
    bare = text.rstrip(" .!?")
    if text.endswith("?") or random.random() < 0.6:
        return bare or text
    return bare + random.choice([".", "!", "...", "."])


def thinned(ids, random, share=0.08):
    """Token ids with a few of them lost."""
    kept = [token for token in ids if random.random() > share]
    return kept or ids

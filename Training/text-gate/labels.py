"""What a row is labelled with, in the order of the heads' outputs."""

CATEGORIES = [
    "sexual", "sexual/minors", "harassment", "harassment/threatening", "hate", "hate/threatening",
    "illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions",
    "violence", "violence/graphic"]
TAGS = [
    "prompt_injection", "extremism", "likeness", "public_figure", "political", "deception", "ip",
    "minor"]
LABELS = ["unsafe"] + CATEGORIES


def family(row):
    return row["source"].split("/")[0]

"""One prompt through create_and_poll; prints the final video as JSON. Argument 2: where to save."""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import openai  # noqa: E402

client = openai.OpenAI()
extra = {}
if len(sys.argv) > 3:
    extra["input_reference"] = open(sys.argv[3], "rb")
try:
    video = client.videos.create_and_poll(prompt=sys.argv[1], seconds="4", size="1280x720", **extra)
except openai.APIStatusError as error:
    print(json.dumps({"status": "refused", "http": error.status_code, "error": error.body}))
    sys.exit(0)
if video.status == "completed" and len(sys.argv) > 2 and sys.argv[2]:
    client.videos.download_content(video.id).write_to_file(sys.argv[2])
print(json.dumps(video.model_dump()))

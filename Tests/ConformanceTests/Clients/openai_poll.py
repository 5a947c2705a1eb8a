"""Polls one video to its end; prints it as JSON. Arguments: the id, and where to save the clip."""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import openai  # noqa: E402

client = openai.OpenAI()
video = client.videos.poll(sys.argv[1], poll_interval_ms=500)
if video.status == "completed":
    client.videos.download_content(video.id).write_to_file(sys.argv[2])
print(json.dumps(video.model_dump()))

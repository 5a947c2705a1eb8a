"""The unmodified openai client against Assay: only OPENAI_BASE_URL and OPENAI_API_KEY differ.

Prints one JSON object with what the client saw. Runs on openai 2.x and 3.x.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import openai  # noqa: E402


def main(folder: str) -> dict:
    client = openai.OpenAI()
    seen: dict = {"version": openai.__version__}

    video = client.videos.create_and_poll(
        prompt='A lighthouse at dusk, waves rolling in. A voice says "welcome home".',
        seconds="4",
        size="1280x720",
    )
    seen["status"] = video.status
    seen["seconds"] = video.seconds
    seen["size"] = video.size
    seen["progress"] = video.progress
    seen["error"] = None if video.error is None else video.error.model_dump()
    if video.status != "completed":
        return seen

    path = f"{folder}/clip.mp4"
    content = client.videos.download_content(video.id)
    content.write_to_file(path)
    seen["clip"] = path
    seen["content_type"] = content.response.headers["content-type"]
    thumbnail = client.videos.download_content(video.id, variant="thumbnail").read()
    seen["thumbnail"] = thumbnail[:4].decode("latin-1") + thumbnail[8:12].decode("latin-1")

    with client.videos.with_streaming_response.download_content(video.id) as response:
        streamed = b"".join(response.iter_bytes())
    with open(path, "rb") as file:
        seen["stream_equals_file"] = file.read() == streamed

    again = client.videos.retrieve(video.id)
    seen["retrieved"] = again.id == video.id
    seen["listed"] = video.id in [item.id for item in client.videos.list(limit=100)]

    try:
        client.videos.create(prompt="explicit hardcore porn, naked couple having sex, close-up")
        seen["refusal"] = None
    except openai.BadRequestError as error:
        seen["refusal"] = {
            "status": error.status_code,
            "code": error.code,
            "type": error.type,
            "param": error.param,
            "request_id": bool(error.request_id),
            "details": error.body.get("moderation_details"),
        }

    seen["deleted"] = client.videos.delete(video.id).deleted
    try:
        client.videos.retrieve(video.id)
        seen["gone"] = False
    except openai.NotFoundError:
        seen["gone"] = True
    try:
        client.videos.download_content(video.id)
        seen["bytes_gone"] = False
    except openai.NotFoundError:
        seen["bytes_gone"] = True
    return seen


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))

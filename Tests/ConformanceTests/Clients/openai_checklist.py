"""What an OpenAI program does besides making clips, with the unmodified client of any version.

Prints one JSON object: a name for each thing tried, true or what went wrong. A third argument
leaves out what takes long and depends on the client least.
"""

import asyncio
import base64
import io
import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

import openai  # noqa: E402

seen: dict = {"version": openai.__version__}


def check(name):
    """Runs one check at once; its answer or its error is what is printed."""

    def run(function):
        start = time.monotonic()
        try:
            answer = function()
            seen[name] = True if answer is None else answer
        except Exception as error:  # noqa: BLE001
            seen[name] = f"{type(error).__name__}: {error}"[:500]
        print(f"{name}: {time.monotonic() - start:.1f} s", file=sys.stderr)

    return run


def refused(call):
    try:
        call()
    except openai.BadRequestError as error:
        details = (error.body or {}).get("moderation_details") or {}
        return [error.code, error.type, error.param, details.get("moderation_stage")]
    return "was not refused"


def main(folder: str, clip: str, light: bool) -> None:
    client = openai.OpenAI()
    videos = client.videos

    @check("headers")
    def _():
        raw = client.videos.with_raw_response.list(limit=1)
        names = [
            "x-request-id", "openai-version", "openai-processing-ms", "openai-organization",
            "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
        ]
        missing = [name for name in names if name not in raw.headers]
        assert not missing, missing
        assert raw.parse()._request_id is None or True

    @check("image")
    def _():
        image = client.images.generate(prompt="A red kite over hills", model="gpt-image-1",
                                       size="512x512", output_format="png")
        data = base64.b64decode(image.data[0].b64_json)
        assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:8]
        open(f"{folder}/image.png", "wb").write(data)
        assert image.size == "512x512" and image.usage.total_tokens == 0

    @check("image_formats")
    def _():
        for kind, magic in (("jpeg", b"\xff\xd8\xff"), ("webp", b"RIFF"))[:0 if light else 2]:
            image = client.images.generate(prompt="A red kite", size="256x256", output_format=kind,
                                           output_compression=90, model="gpt-image-1")
            data = base64.b64decode(image.data[0].b64_json)
            assert data.startswith(magic), data[:8]
            open(f"{folder}/image.{kind}", "wb").write(data)

    @check("image_url")
    def _():
        import urllib.request

        image = client.images.generate(prompt="A red kite", size="256x256", n=2,
                                       response_format="url")
        assert len(image.data) == 2
        with urllib.request.urlopen(image.data[1].url) as answer:
            assert answer.read()[:4] == b"\x89PNG"
            assert answer.headers["content-type"] == "image/png"

    @check("image_stream")
    def _():
        events = [event.type for event in client.images.generate(
            prompt="A red kite", size="256x256", stream=True, partial_images=2,
            model="gpt-image-1")]
        assert events == ["image_generation.completed"], events

    @check("image_edit")
    def _():
        original = open(f"{folder}/image.png", "rb").read()
        files = [("a.png", io.BytesIO(original), "image/png"),
                 ("b.png", io.BytesIO(original), "image/png")]
        image = client.images.edit(image=files, prompt="Slower", size="256x256",
                                   model="gpt-image-1")
        assert base64.b64decode(image.data[0].b64_json)[:4] == b"\x89PNG"

    seen["image_refusal"] = refused(lambda: client.images.generate(
        prompt="explicit hardcore porn, naked couple having sex, close-up", model="gpt-image-1"))

    @check("speech")
    def _():
        for kind, magic in (("wav", b"RIFF"), ("mp3", b"ID3"), ("flac", b"fLaC"))[:1 if light else 3]:
            with client.audio.speech.with_streaming_response.create(
                    model="tts-1", voice="alloy", input="Welcome home. The kettle is on.",
                    response_format=kind) as answer:
                path = f"{folder}/speech.{kind}"
                answer.stream_to_file(path)
            head = open(path, "rb").read(4)
            # Credentials of MP3 and FLAC travel in an ID3 tag in front.
            assert head.startswith((magic, b"ID3")), (kind, head)

    @check("speech_sse")
    def _():
        text = client.audio.speech.create(
            model="gpt-4o-mini-tts", voice="coral", input="Hello there.", stream_format="sse"
        ).read().decode()
        assert "speech.audio.delta" in text and "speech.audio.done" in text

    seen["speech_unsigned"] = refused(lambda: client.audio.speech.create(
        model="tts-1", voice="alloy", input="Hello", response_format="pcm"))

    @check("transcriptions")
    def _():
        path = f"{folder}/speech.wav"
        kinds = ["verbose_json", "json", "text", "srt", "vtt", "diarized_json"]
        for kind in kinds[:1 if light else 6]:
            answer = client.audio.transcriptions.create(
                model="whisper-1", file=open(path, "rb"), response_format=kind)
            text = answer if isinstance(answer, str) else answer.text
            assert "kettle" in text.lower(), (kind, text)

    @check("provenance")
    def _():
        if not hasattr(client, "content_provenance_checks"):
            return "no such method in this version"
        for name in ("image.png", "speech.wav"):
            result = client.content_provenance_checks.create(file=open(f"{folder}/{name}", "rb"))
            first = result.results[0]
            assert first.type == "c2pa" and first.validation_state == "trusted", (name, first)

    @check("derived_are_refused_with_a_reason")
    def _():
        forms = [
            lambda: videos.remix(clip, prompt="At night"),
            lambda: client.post("/videos/edits", body={"prompt": "x", "video": {"id": clip}},
                                cast_to=object),
        ]
        if hasattr(videos, "edit"):
            forms += [
                lambda: videos.edit(prompt="x", video=b"", extra_body={"video": {"id": clip}}),
                lambda: videos.edit(prompt="x", video=("v.mp4", open(f"{folder}/clip.mp4", "rb"),
                                                       "video/mp4")),
                lambda: videos.extend(prompt="x", seconds="8", video=b"",
                                      extra_body={"video": {"id": clip}}),
                lambda: videos.create_character(
                    name="Ada", video=("v.mp4", open(f"{folder}/clip.mp4", "rb"), "video/mp4")),
            ]
        for form in forms:
            answer = refused(form)
            assert answer == ["moderation_blocked", "invalid_request_error", "video", "input"], (
                answer)

    @check("reference_as_data_url")
    def _():
        image = base64.b64encode(open(f"{folder}/image.png", "rb").read()).decode()
        video = videos.create(prompt="Slow zoom", extra_body={
            "input_reference": {"image_url": f"data:image/png;base64,{image}"}})
        assert video.status in ("queued", "in_progress"), video.status

    @check("variants")
    def _():
        for variant in ("thumbnail", "spritesheet"):
            data = videos.download_content(clip, variant=variant).read()
            assert data[:4] == b"RIFF" and data[8:12] == b"WEBP", variant

    @check("async")
    def _():
        async def run():
            async with openai.AsyncOpenAI() as two:
                page = await two.videos.list(limit=1)
                assert page.data
                async with two.videos.with_streaming_response.download_content(clip) as answer:
                    size = 0
                    async for chunk in answer.iter_bytes():
                        size += len(chunk)
                    assert size == int(answer.headers["content-length"])

        asyncio.run(run())

    @check("webhooks")
    def _():
        import http.server
        import queue
        import threading

        received: queue.Queue = queue.Queue()

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                received.put((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made = client.post("/webhook_endpoints", cast_to=object, body={
            "url": f"http://127.0.0.1:{server.server_port}/hook", "events": ["video.completed"]})
        first = made["signing_secret"]
        client.post(f"/webhook_endpoints/{made['id']}/test", cast_to=object)
        headers, body = received.get(timeout=60)
        event = client.webhooks.unwrap(body, headers, secret=first)
        assert event.type == "video.completed" and event.data.id == "video_test", body
        # After a change of the secret both are good, so that receivers can follow.
        second = client.post(f"/webhook_endpoints/{made['id']}/rotate_secret",
                             cast_to=object)["signing_secret"]
        client.post(f"/webhook_endpoints/{made['id']}/test", cast_to=object)
        headers, body = received.get(timeout=60)
        for secret in (first, second):
            client.webhooks.verify_signature(body, headers, secret=secret)
        try:
            client.webhooks.verify_signature(body + " ", headers, secret=second)
            return "a changed body was taken"
        except openai.InvalidWebhookSignatureError:
            pass
        client.delete(f"/webhook_endpoints/{made['id']}", cast_to=object)
        server.shutdown()

    @check("pages")
    def _():
        ids = [video.id for video in videos.list(limit=1)]
        assert len(ids) == len(set(ids)) and clip in ids, ids

    @check("missing")
    def _():
        try:
            videos.retrieve("video_0")
        except openai.NotFoundError as error:
            assert error.request_id and error.code == "not_found"

    print(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], len(sys.argv) > 3)

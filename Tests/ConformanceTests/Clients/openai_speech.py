"""Speech as an integrator orders it. Arguments: the text, the format, where to save, further API key."""

import sys
import warnings

warnings.simplefilter("ignore")

import openai  # noqa: E402

client = openai.OpenAI(**({"api_key": sys.argv[4]} if len(sys.argv) > 4 else {}))
with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="alloy", input=sys.argv[1], response_format=sys.argv[2]) as answer:
    answer.stream_to_file(sys.argv[3])

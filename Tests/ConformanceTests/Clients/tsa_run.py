"""Runs a command beside a time stamping authority of its own, made with openssl.

Usage: tsa_run.py FOLDER COMMAND ARGUMENT... ; {TSA} in an argument becomes the authority's URL.

FOLDER gets tsa-root.pem, the authority's root. The command's exit status is this program's. With
TSA_REFUSES in the environment the authority answers every request with status 503.
"""

import http.server
import os
import subprocess
import sys
import threading

folder, command = sys.argv[1], sys.argv[2:]


def at(name):
    return os.path.join(folder, name)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_authority():
    curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    openssl("genpkey", *curve, "-out", "tsa-root.key")
    openssl(
        *["req", "-x509", "-new", "-key", "tsa-root.key", "-out", "tsa-root.pem", "-days", "30"],
        *["-subj", "/O=Test/CN=TSA Root", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    )
    openssl("genpkey", *curve, "-out", "tsa.key")
    openssl("req", "-new", "-key", "tsa.key", "-out", "tsa.csr", "-subj", "/O=Test/CN=TSA")
    with open(at("tsa.ext"), "w", encoding="ascii") as handle:
        handle.write(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            "extendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\n"
            "authorityKeyIdentifier=keyid\n"
        )
    openssl(
        *["x509", "-req", "-in", "tsa.csr", "-CA", "tsa-root.pem", "-CAkey", "tsa-root.key"],
        *["-CAcreateserial", "-days", "20", "-extfile", "tsa.ext", "-out", "tsa.pem"],
    )
    with open(at("tsa.cnf"), "w", encoding="ascii") as handle:
        handle.write(
            "[tsa]\ndefault_tsa = main\n[main]\nserial = tsa.serial\nsigner_cert = tsa.pem\n"
            "signer_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n"
            "digests = sha256, sha384, sha512\naccuracy = secs:1\ness_cert_id_alg = sha256\n"
        )
    with open(at("tsa.serial"), "w", encoding="ascii") as handle:
        handle.write("01")


class Authority(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802, the name http.server wants
        request = self.rfile.read(int(self.headers["Content-Length"]))
        if "TSA_REFUSES" in os.environ:
            self.send_error(503)
            return
        with open(at("tsa.tsq"), "wb") as handle:
            handle.write(request)
        openssl(
            *["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "tsa.tsq", "-out", "tsa.tsr"]
        )
        with open(at("tsa.tsr"), "rb") as handle:
            answer = handle.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


make_authority()
server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/"
result = subprocess.run([word.replace("{TSA}", url) for word in command], check=False)
sys.exit(result.returncode)

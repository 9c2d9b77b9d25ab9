#!/usr/bin/env python3
"""front.py PORT SERVER_PORT FOLDER: one address for a Rekor v2 log.

A rekor-tiles server only writes; checkpoint and tiles are files that some
web server hands out. This one does, on 127.0.0.1, and passes the rest on.
"""

import http.client
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, SERVER, FOLDER = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
FILE = re.compile(r"/api/v2/(checkpoint|tile(/[0-9a-z.]+)+)")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length",
       "host"}


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        found = FILE.fullmatch(self.path)
        if not found or ".." in self.path:
            return self.pass_on()
        try:
            with open(os.path.join(FOLDER, found[1]), "rb") as file:
                body = file.read()
        except OSError:
            return self.answer(404, [], b"")
        self.answer(200, [("Content-Type", "application/octet-stream")], body)

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = http.client.HTTPConnection("127.0.0.1", SERVER, timeout=60)
        try:
            server.request(self.command, self.path, body or None,
                           {name: value for name, value in
                            self.headers.items() if name.lower() not in HOP})
            reply = server.getresponse()
            self.answer(reply.status, reply.getheaders(), reply.read())
        except (OSError, http.client.HTTPException):
            # The server is gone or gave no answer: neither do we.
            self.close_connection = True
        finally:
            server.close()

    do_POST = pass_on

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Server(("127.0.0.1", PORT), Front).serve_forever()

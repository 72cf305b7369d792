"""A driver of 60 lines: the suite drives a product that runs already, over HTTP (docs/driver.md).

usage: driver.py CONFIG PORT

The product here is the package lienthong itself; put calls of your product in their places.
"""
import http.server
import json
import sys

import lienthong


def send(m):
    document = lienthong.Document.from_dict(m["document"])
    for path in m.get("attach", []):
        document.attach(path)
    return product.send(document, contains_state_secret=m["contains_state_secret"]).to_dict()


def poll(m):
    item = product.poll(m.get("timeout_ms", 0) / 1000)
    if item and "extract_to" in m:
        item.extract(m["extract_to"])
    return {"item": item and item.to_dict()}


def report(m):
    return {"outgoing": product.report(m["incoming"], m["code"], m.get("note"))}


COMMANDS = {
    "capabilities": lambda m: {"product": "driver.py", "version": "1", "commands": list(COMMANDS)},
    "send": send,
    "poll": poll,
    "report": report,
    "accept": lambda m: product.accept(m["incoming"], int(m["lease"])) or {},
    "refuse": lambda m: product.refuse(m["incoming"], int(m["lease"]), m["reason"]) or {},
    "why": lambda m: product.why(m["packet"]).to_dict(),
    "tick": lambda m: product.receive_now() or {},
}


class Lines(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        command = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer = {"ok": COMMANDS[command["do"]](command)}
        except lienthong.Error as error:
            answer = {"error": error.to_dict()}
        except (KeyError, ValueError) as error:
            answer = {"error": {"kind": "invalid-argument", "message": str(error)}}
        body = json.dumps({"id": command.get("id"), **answer}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


settings = lienthong.Settings()
settings.load_file(sys.argv[1])
with lienthong.open(config=settings) as product:
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Lines).serve_forever()

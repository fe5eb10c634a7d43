"""Receives webhooks, and keeps who is active, with their Primary team.

    pip install --no-deps --require-hashes -r requirements-webhooks.txt
    WEBHOOK_SECRET=whsec_... PORT=9000 python3 webhook_receiver.py

The secret is what `rollcall subscriber add ... --door webhook` shows. While it is replaced, two signatures
come, of which the library takes the one that fits. An event may come twice, with the same id and number,
after a crash of either side. Each has the whole state of what it is about, so that whoever keeps the number of
the last one for each of these is always right. It prints a line of JSON for each event, which stands for
whatever an application does with it.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from standardwebhooks import Webhook, WebhookVerificationError

LONGEST = 2 * 1024 * 1024
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
active = {}  # a real application keeps these, and the last numbers, in its database
last_numbers = {}
lock = Lock()


def take(event):
    """Brings the table up to date; returns whether the event is new."""
    about, kind, data = event["subject"], event["type"], event["data"]
    with lock:
        if last_numbers.get(about, "") >= event["sequence"]:
            return False
        last_numbers[about] = event["sequence"]
        if kind.startswith("rollcall.employee."):
            person = data.get("employee", data)
            if kind.endswith(".erased") or person.get("standing") != "active":
                active.pop(about, None)
            else:
                teams = person.get("teams", [])
                primary = [team["id"] for team in teams if team["kind"] == "primary"]
                active[about] = primary[0] if primary else None
        return True


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # so that connections are used again

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        if length > LONGEST:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            event = webhook.verify(body, dict(self.headers))
        except WebhookVerificationError:
            return self.answer(401)
        if take(event):
            told = {"id": event["id"], "type": event["type"], "subject": event["subject"]}
            print(json.dumps(told | {"active": len(active)}), flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
print(json.dumps({"listening": server.server_port}), flush=True)
server.serve_forever()

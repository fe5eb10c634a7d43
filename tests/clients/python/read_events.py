"""Reads events with the official CloudEvents SDK for Python.

Arguments: the URL of a tenant's events, an API token, and the folder with an event of each kind as it is on
NATS."""

import json
import pathlib
import sys
import urllib.parse

import httpx
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

url, token, museum = sys.argv[1:]

# Over HTTP: the JSON event format, many at a time. A webhook's body is one of them.
answer = httpx.get(url, params={"limit": 500}, headers={"Authorization": f"Bearer {token}"})
assert answer.headers["content-type"] == "application/cloudevents-batch+json", answer.headers
batch = answer.json()
assert batch, answer.text
for place, one in enumerate(batch, start=1):
    kind = {"content-type": "application/cloudevents+json"}
    event = from_http_event(HTTPMessage(headers=kind, body=json.dumps(one).encode()))
    assert event.get_id() == one["id"] and event.get_type() == one["type"], one
    assert int(event.get_extension("sequence")) == place, one
    assert event.get_data() == one["data"], one

# On NATS: the attributes are headers. The SDK knows no NATS, whose binding is HTTP's but for one name.
for path in pathlib.Path(museum).iterdir():
    specimen = json.loads(path.read_text())
    headers = dict(specimen["headers"])
    headers["content-type"] = headers.pop("ce-datacontenttype")
    body = json.dumps(specimen["body"]).encode()
    event = from_http_event(HTTPMessage(headers=headers, body=body))
    assert event.get_type() == headers["ce-type"] and event.get_subject() == headers["ce-subject"], path
    assert event.get_dataschema() == headers["ce-dataschema"], path
    assert event.get_extension("sequence") == headers["ce-sequence"], path
    assert event.get_extension("actor") == urllib.parse.unquote(headers["ce-actor"]), path
    assert event.get_data() == specimen["body"], path
print("everything was as documented")

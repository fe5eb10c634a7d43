// Reads events with the official CloudEvents SDK for JavaScript.
//
// Arguments: the URL of a tenant's events, an API token, and the folder with an event of each kind as it
// is on NATS.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { HTTP } from "cloudevents";

const [url, token, museum] = process.argv.slice(2);

// Over HTTP: the JSON event format, many at a time. A webhook's body is one of them.
const answer = await fetch(`${url}?limit=500`, { headers: { Authorization: `Bearer ${token}` } });
const kind = answer.headers.get("content-type");
const batch = HTTP.toEvent({ headers: { "content-type": kind }, body: await answer.text() });
assert.ok(Array.isArray(batch) && batch.length > 0);
for (const [place, event] of batch.entries()) {
  assert.ok(event.validate());
  assert.equal(Number(event.sequence), place + 1);
  const alone = { headers: { "content-type": "application/cloudevents+json" }, body: JSON.stringify(event) };
  assert.equal(HTTP.toEvent(alone).id, event.id);
}

// On NATS: the attributes are headers. The SDK knows no NATS, whose binding is HTTP's but for one name.
for (const file of readdirSync(museum)) {
  const { headers, body } = JSON.parse(readFileSync(`${museum}/${file}`, "utf8"));
  const { "ce-datacontenttype": kind, ...attributes } = headers;
  const message = { headers: { ...attributes, "content-type": kind }, body: JSON.stringify(body) };
  const event = HTTP.toEvent(message);
  assert.ok(event.validate());
  assert.equal(event.type, headers["ce-type"]);
  assert.equal(event.sequence, headers["ce-sequence"]);
  assert.equal(event.dataschema, headers["ce-dataschema"]);
  assert.deepEqual(event.data, body);
}
console.log("everything was as documented");

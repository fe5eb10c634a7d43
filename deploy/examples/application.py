"""Prints one tenant's events as lines of JSON, each once it is in the log, in the log's order.

NATS_URL=nats://acme-app:PASSWORD@HOST:4222 CONSUMER=acme-app python3 application.py
"""

import asyncio, json, os
import nats


async def main():
    consumer = os.environ["CONSUMER"]
    # An inbox of its own, and a border between accounts: nats-server allows nothing else.
    connection = await nats.connect(os.environ["NATS_URL"], inbox_prefix=f"_INBOX_{consumer}")
    log = connection.jetstream(prefix="ROLLCALL.API")
    events = await log.pull_subscribe_bind(consumer=consumer, stream="PROVISIONING")
    while True:
        try:
            batch = await events.fetch(100, timeout=30)
        except nats.errors.TimeoutError:
            continue  # nothing has happened
        for event in batch:
            handle(event.metadata.sequence.stream, event.headers, json.loads(event.data))
            await event.ack()  # only now: what is not acknowledged is delivered again


def handle(position, headers, body):
    """Does the work. The same `ce-id` may come twice: do nothing the second time."""
    event = {"position": position, "id": headers["ce-id"], "type": headers["ce-type"], "data": body}
    print(json.dumps(event), flush=True)


asyncio.run(main())

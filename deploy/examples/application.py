"""Prints one tenant's feed as lines of JSON, each once it is told, in order.

NATS_URL=nats://HOST:4222 NATS_USER=acme_kitchen NATS_PASSWORD=rcn_... python3 application.py
"""

import asyncio, json, os
import nats


async def main():
    # The user is the name of the consumer, too, and how the inbox has to begin.
    user, password = os.environ["NATS_USER"], os.environ["NATS_PASSWORD"]
    connection = await nats.connect(
        os.environ["NATS_URL"], user=user, password=password, inbox_prefix=f"_INBOX_{user}"
    )
    feed = connection.jetstream(prefix="ROLLCALL.API")
    events = await feed.pull_subscribe_bind(consumer=user, stream="FEED")
    while True:
        try:
            batch = await events.fetch(100, timeout=30)
        except nats.errors.TimeoutError:
            continue  # nothing has happened
        for event in batch:
            handle(event.headers, json.loads(event.data))
            await event.ack()  # only now: what is not acknowledged is delivered again


def handle(headers, body):
    """Does the work. The same `ce-id` may come twice: do nothing the second time."""
    told = {"sequence": int(headers["ce-sequence"]), "id": headers["ce-id"], "type": headers["ce-type"]}
    print(json.dumps(told | {"data": body}), flush=True)


asyncio.run(main())

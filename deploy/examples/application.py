"""Keeps a table of who is active, with their Primary team: a subscriber of a tenant's feed on NATS.

    pip install --no-deps --require-hashes -r requirements.txt
    NATS_URL=nats://HOST:4222 NATS_USER=acme_kitchen NATS_PASSWORD=rcn_... python3 application.py

User and password are what `rollcall subscriber add kitchen --tenant acme --door nats` shows. The table is in the
file TABLE (table.json). An event that was not acknowledged, because this program or its connection ended,
comes again with the same id and number, and may then come behind later ones. Each has the whole state of what it
is about, so whoever passes over all that is not newer than the last one about a person is always right.
It prints a line of JSON for each new event, which stands for whatever an application does with it.
"""

import asyncio, json, os, sys
from pathlib import Path

import nats


REFUSED = ": the password is wrong or withdrawn, or no `rollcall deliver` runs"


class Table:
    """Who is active, and the number of the last event about each person. A database does as well."""

    def __init__(self, path):
        self.path = path
        saved = json.loads(path.read_text()) if path.exists() else {}
        self.active, self.last = saved.get("active", {}), saved.get("last", {})

    def take(self, headers, body):
        """Brings the table up to date, and tells of what is new."""
        told = {name: headers[f"ce-{name}"] for name in ("id", "type", "subject", "sequence")}
        about, kind, number = told["subject"], told["type"], told["sequence"]
        if self.last.get(about, "") >= number:
            return
        self.last[about] = number
        if kind.startswith("rollcall.employee."):
            person = body.get("employee")  # there is none once they were erased
            if person and person["standing"] == "active":
                primary = (team["id"] for team in person["teams"] if team["kind"] == "primary")
                self.active[about] = {"name": person["userName"], "team": next(primary, None)}
            else:
                self.active.pop(about, None)
        print(json.dumps(told), flush=True)

    def save(self):
        """Writes the table so that it is there after a power cut, as it was or as it is now."""
        part = self.path.with_suffix(".part")
        with part.open("w") as file:
            json.dump({"active": self.active, "last": self.last}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


async def follow(table):
    """Reads events for as long as the connection lives."""
    user = os.environ["NATS_USER"]  # the name of the consumer, too, and how inboxes begin
    connection = await nats.connect(
        os.environ["NATS_URL"], user=user, password=os.environ["NATS_PASSWORD"],
        inbox_prefix=f"_INBOX_{user}", ping_interval=10, error_cb=no_matter,
        # `main` connects again. The library would, too, but leave `fetch` waiting in vain, and give up
        # when the server ends a connection by itself, as it does every hour.
        allow_reconnect=False, max_reconnect_attempts=1,
    )  # fmt: skip
    async with connection:
        feed = connection.jetstream(prefix="ROLLCALL.API")
        events = await feed.pull_subscribe_bind(consumer=user, stream="FEED")
        print("reading the feed", file=sys.stderr, flush=True)
        while True:
            try:
                batch = await events.fetch(500, timeout=30)  # as soon as there are some
            except asyncio.TimeoutError:
                continue  # nothing has happened
            for event in batch:
                table.take(event.headers, json.loads(event.data))
            table.save()
            for event in batch:  # only now: what is not acknowledged comes again
                await event.ack()


async def no_matter(_):
    """What ends a connection is raised where it is used."""


async def main():
    table = Table(Path(os.environ.get("TABLE", "table.json")).absolute())
    while True:
        try:
            await follow(table)
        except (nats.errors.Error, OSError, asyncio.TimeoutError) as error:
            refused = "authorization violation" in str(error).lower()
            print(f"{error!r}{REFUSED if refused else ''}", file=sys.stderr, flush=True)
        await asyncio.sleep(2)


asyncio.run(main())

"""Keeps a table of who is active, with their Primary team: a reader of a tenant's feed over HTTP.

    ROLLCALL_API=https://HOST/api/v1/acme ROLLCALL_TOKEN=rct_... python3 reader.py

It needs Python 3.9 and no package. The token is what `rollcall token issue --tenant acme --scope events:read`
shows. It begins with a snapshot, and then asks for what came after it, again and again; an answer waits up to 30
seconds for something to happen. The table and the cursor behind it are saved together, in the file TABLE
(table.json), so that each event counts once, whatever ends this program. It prints a line of JSON for each.
"""

import json
import os
import sys
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

FACTS = "employee.*"


def ask(path):
    """The answer to a question. A connection that is cut while it waits shows within 45 seconds."""
    headers = {"authorization": f"Bearer {os.environ['ROLLCALL_TOKEN']}"}
    return urlopen(Request(f"{os.environ['ROLLCALL_API']}/{path}", headers=headers), timeout=45)


def put(active, person):
    if person["standing"] == "active":
        primary = (team["id"] for team in person["teams"] if team["kind"] == "primary")
        active[person["id"]] = {"name": person["userName"], "team": next(primary, None)}
    else:
        active.pop(person["id"], None)


def snapshot():
    """Everybody as of now, and the cursor behind that."""
    active, line = {}, {}
    with ask("snapshot") as answer:
        for text in answer:
            line = json.loads(text)
            if "employee" in line:
                put(active, line["employee"])
    if "end" not in line:
        raise OSError("the snapshot was cut off")
    return {"active": active, "cursor": line["end"]["cursor"]}


def next_page(table):
    """Brings the table up to date with the next events, waiting for some."""
    with ask(f"events?types={FACTS}&wait=30s&limit=500&after={table['cursor']}") as answer:
        events, cursor = json.load(answer), answer.headers["rollcall-next"]
    for event in events:
        if event["type"] == "rollcall.employee.erased":
            table["active"].pop(event["subject"], None)
        elif event["type"].startswith("rollcall.employee."):
            put(table["active"], event["data"]["employee"])
        print(json.dumps({name: event[name] for name in ("id", "type", "subject", "sequence")}), flush=True)
    return {"active": table["active"], "cursor": cursor}


def save(path, table):
    """Writes the table so that it is there after a power cut, as it was or as it is now."""
    part = path.with_suffix(".part")
    with part.open("w") as file:
        json.dump(table, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def main():
    path = Path(os.environ.get("TABLE", "table.json")).absolute()
    table = json.loads(path.read_text()) if path.exists() else None
    while True:
        wait = 2
        try:
            table = next_page(table) if table else snapshot()
            save(path, table)
            continue
        except HTTPError as error:
            # It says what is wrong, and what to do: 401 of a token that was revoked, too.
            print(f"{error}: {error.read(1000).decode()}", file=sys.stderr, flush=True)
            if error.code == 410:  # the feed was made anew, and so must the table be
                table = None
            wait = int(error.headers.get("retry-after", wait))
        except (OSError, HTTPException, ValueError) as error:
            print(f"not connected: {error}", file=sys.stderr, flush=True)
        time.sleep(wait)


main()

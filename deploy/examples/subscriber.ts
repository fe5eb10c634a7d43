// Keeps a table of who is active, with their Primary team: a subscriber of a tenant's feed on NATS.
//
//     npm install @nats-io/transport-node@3 @nats-io/jetstream@3
//     NATS_URL=nats://HOST:4222 NATS_USER=acme_kitchen NATS_PASSWORD=rcn_... node subscriber.ts
//
// (Node.js 22.18 or later; before, `npx tsx subscriber.mts`, by that name.) User and password are what
// `rollcall subscriber add kitchen --tenant acme --door nats` shows. The table is in the file TABLE (table.json).
// An event that was not acknowledged, because this program or its connection ended, comes again with the same id
// and number, and may then come behind later ones. Each has the whole state of what it is about, so whoever passes
// over all that is not newer than the last one about a person is always right. It prints a line of JSON for each
// new event, which stands for whatever an application does with it.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type JsMsg, jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

type Team = { id: string; kind: "primary" | "additional" };
type Person = { userName: string; standing: "active" | "former"; teams: Team[] };
/** Who is active, and the number of the last event about each person. A database does as well. */
type Table = { active: Record<string, { name: string; team: string | null }>; last: Record<string, string> };

const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass, TABLE: file = "table.json" } = process.env;
const table: Table = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : { active: {}, last: {} };

const REFUSED = ": the password is wrong or withdrawn, or no `rollcall deliver` runs";

/** Brings the table up to date, and tells of what is new. */
function take(event: JsMsg) {
  const [id, type, subject, sequence] = ["id", "type", "subject", "sequence"].map(
    (name) => event.headers?.get(`ce-${name}`) ?? "",
  ) as [string, string, string, string];
  if ((table.last[subject] ?? "") >= sequence) return;
  table.last[subject] = sequence;
  if (type.startsWith("rollcall.employee.")) {
    // There is none once they were erased.
    const { employee } = event.json<{ employee?: Person }>();
    if (employee?.standing === "active") {
      const team = employee.teams.find(({ kind }) => kind === "primary")?.id ?? null;
      table.active[subject] = { name: employee.userName, team };
    } else {
      delete table.active[subject];
    }
  }
  console.log(JSON.stringify({ id, type, subject, sequence }));
}

/** Writes the table so that it is there after a power cut, as it was or as it is now. */
function save() {
  const part = openSync(`${file}.part`, "w");
  writeSync(part, JSON.stringify(table));
  fsyncSync(part);
  closeSync(part);
  renameSync(`${file}.part`, file);
  const folder = openSync(dirname(resolve(file)), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Reads events for as long as the connection lives. */
async function follow(user: string): Promise<never> {
  // Below, it is connected again, and said why it has to be: the library would do so in silence.
  const options = { servers, user, pass, reconnect: false, pingInterval: 10_000 };
  const connection = await connect({ ...options, inboxPrefix: `_INBOX_${user}` });
  try {
    const feed = jetstream(connection, { apiPrefix: "ROLLCALL.API" });
    const consumer = await feed.consumers.get("FEED", user); // the user is the name of the consumer, too
    const events = await consumer.consume({ max_messages: 500, idle_heartbeat: 5_000 });
    connection.closed().then(() => events.stop());
    console.error("reading the feed");
    let unsaved: JsMsg[] = [];
    for await (const event of events) {
      take(event);
      unsaved.push(event);
      if (events.getPending() > 0 && unsaved.length < 500) continue; // more has come already
      save();
      for (const saved of unsaved) saved.ack(); // only now: what is not acknowledged comes again
      unsaved = [];
    }
    throw (await connection.closed()) ?? new Error("the connection has ended");
  } finally {
    await connection.close();
  }
}

for (;;) {
  const why = await follow(user ?? "").catch(String);
  console.error(/authorization/i.test(why) ? `${why}${REFUSED}` : why);
  await setTimeout(2_000);
}

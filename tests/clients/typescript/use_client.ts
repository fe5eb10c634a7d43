// Uses the types that openapi-typescript made of the document, on the running program.
//
// Arguments: the URL, the tenant, an API token, and the ids of an employee and of a leaver.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./document.js";

type Alert = components["schemas"]["Alert"];
type ImportLine = components["schemas"]["ImportLine"];
type ImportResult = components["schemas"]["ImportResult"];

const [baseUrl = "", tenant = "", token = "", employee = "", leaver = ""] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const upcoming = { startsAt: "2099-02-06T09:00:00Z", endsAt: "2099-02-06T17:00:00Z" };

/** What a later read waits for. */
function position(response: Response): string {
  assert.ok(response.headers.get("x-request-id"));
  const told = response.headers.get("rollcall-position");
  assert.ok(told);
  return told;
}

function refused(
  answer: { error?: components["schemas"]["Problem"]; response: Response },
  status: number,
) {
  assert.equal(answer.response.status, status);
  assert.equal(answer.error?.status, status);
  assert.ok(answer.error?.detail);
  position(answer.response);
}

/** What was too much, in words: the compiler knows which alert has which fields. */
function told(alert: Alert): string {
  switch (alert.cause) {
    case "deactivations":
      return `${alert.deactivations} of ${alert.activeBefore} left`;
    case "group-emptied":
      return `team ${alert.teamId} was ${alert.deleted ? "deleted" : "emptied"}`;
  }
}

// Reads: a list by an enum, one of them, and nobody.
const path = { tenant };
const page = await client.GET("/api/v1/{tenant}/employees", {
  params: { path, query: { standing: "active", limit: 500 } },
});
const ada = page.data?.employees.find((one) => one.id === employee);
assert.equal(ada?.primaryTeam?.name, "Sales");
assert.equal(ada?.leftAt, null);
const nobody = { params: { path: { tenant, id: randomUUID() } } };
refused(await client.GET("/api/v1/{tenant}/employees/{id}", nobody), 404);
const stranger = createClient<paths>({ baseUrl, headers: { Authorization: "Bearer rct_nobody" } });
refused(await stranger.GET("/api/v1/{tenant}/employees", { params: { path } }), 401);

// Commands: a local edit, read back after its position, and the same name again.
const body = { name: "Typists" };
const made = await client.POST("/api/v1/{tenant}/teams", { params: { path }, body });
assert.equal(made.response.status, 201);
const team = made.data?.id ?? "";
refused(await client.POST("/api/v1/{tenant}/teams", { params: { path }, body }), 409);
const edit = { params: { path: { tenant, id: employee, team } } };
const edited = await client.PUT("/api/v1/{tenant}/employees/{id}/teams/{team}", edit);
assert.equal(edited.response.status, 204);
const whole = await client.GET("/api/v1/{tenant}/employees/{id}", {
  params: {
    path: { tenant, id: employee },
    header: { "Rollcall-After": position(edited.response) },
  },
});
assert.equal(whole.data?.teams.find((one) => one.id === team)?.origin, "local");
const undo = { params: { path: { tenant, id: employee } } };
const undone = await client.DELETE("/api/v1/{tenant}/employees/{id}/team-edits", undo);
assert.equal(undone.response.status, 204);

// Bookings: many, a line each.
const lines: ImportLine[] = [
  { reference: "script-1", resource: "desk-7", employeeId: leaver, ...upcoming },
  { reference: "script-2", resource: "desk-8", userName: "nobody@nowhere.example", ...upcoming },
];
const imported = await client.POST("/api/v1/{tenant}/bookings/import", {
  params: { path },
  body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  bodySerializer: (text) => text,
  headers: { "Content-Type": "application/x-ndjson" },
  parseAs: "text",
});
const results = (imported.data ?? "").trim().split("\n").map((line): ImportResult => JSON.parse(line));
assert.deepEqual(results.map((result) => result.status), ["recorded", "refused"]);
const cancel = "/api/v1/{tenant}/leavers/{employee}/bookings/{booking}/cancel" as const;
const cancelled = await client.POST(cancel, {
  params: { path: { tenant, employee: leaver, booking: "script-1" } },
  body: { reason: "left the company" },
});
assert.equal(cancelled.response.status, 204);
const many = await client.POST("/api/v1/{tenant}/leavers/bookings/cancel", {
  params: { path },
  body: { reason: "left the company", employeeId: leaver },
});
assert.deepEqual(many.data, { results: [], remaining: 0 });
const cancelledOnes = await client.GET("/api/v1/{tenant}/bookings", {
  params: {
    path,
    query: { employee: leaver, state: "cancelled" },
    header: { "Rollcall-After": position(cancelled.response) },
  },
});
const [known] = cancelledOnes.data?.bookings ?? [];
assert.equal(known?.cancelled?.reason, "left the company");
assert.equal(known?.former, true);

// Alerts: each is known by its cause.
const alerts = await client.GET("/api/v1/{tenant}/alerts", { params: { path } });
const words = (alerts.data?.alerts ?? []).map(told).join("; ");
assert.match(words, /left/);
assert.match(words, /was deleted/);
console.log("everything was as documented");

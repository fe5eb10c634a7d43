"""Uses the client that openapi-python-client made of the document, on the running program.

Arguments: the URL, the tenant, an API token, and the ids of an employee and of a leaver."""

import datetime
import io
import json
import sys
import uuid

from rollcall_client import AuthenticatedClient
from rollcall_client.api.alerts import get_alert, list_alerts, release_alert
from rollcall_client.api.bookings import get_booking, import_bookings, list_bookings, record_booking, withdraw_booking
from rollcall_client.api.employees import get_employee, list_employees
from rollcall_client.api.leavers import cancel_leaver_booking, cancel_leaver_bookings, list_leaver_bookings
from rollcall_client.api.teams import assign_team, create_team, reset_teams
from rollcall_client.models import (
    BookingInput,
    BookingState,
    Cancellation,
    CancellationStatus,
    Cancellations,
    DeactivationsAlert,
    GroupEmptiedAlert,
    ImportLine,
    ImportResult,
    ImportStatus,
    Kind,
    Origin,
    Problem,
    Standing,
    TeamName,
    WarningCode,
)
from rollcall_client.types import File

url, tenant, token, employee, leaver = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
employee, leaver = uuid.UUID(employee), uuid.UUID(leaver)
upcoming = {
    "starts_at": datetime.datetime(2099, 1, 6, 9, tzinfo=datetime.timezone.utc),
    "ends_at": datetime.datetime(2099, 1, 6, 17, tzinfo=datetime.timezone.utc),
}


def position(answer):
    """What a later read waits for."""
    assert answer.headers["x-request-id"], answer.headers
    return answer.headers["rollcall-position"]


def refused(answer, status):
    assert answer.status_code == status, answer
    assert isinstance(answer.parsed, Problem), answer
    assert answer.parsed.status == status and answer.parsed.detail, answer
    position(answer)


# Reads: a list by an enum, one of them, and nobody.
page = list_employees.sync(tenant, client=client, standing=Standing.ACTIVE, limit=500)
ada = next(one for one in page.employees if one.id == employee)
assert ada.standing == Standing.ACTIVE and ada.primary_team.name == "Sales", ada
assert ada.held is None and ada.left_at is None, ada
assert get_employee.sync(tenant, employee, client=client).user_name == ada.user_name
refused(get_employee.sync_detailed(tenant, uuid.uuid4(), client=client), 404)
stranger = AuthenticatedClient(base_url=url, token="rct_nobody")
refused(list_employees.sync_detailed(tenant, client=stranger), 401)

# Commands: a local edit, read back after its position, and the same name again.
made = create_team.sync_detailed(tenant, client=client, body=TeamName(name="Pythonistas"))
assert made.status_code == 201, made
team = made.parsed.id
refused(create_team.sync_detailed(tenant, client=client, body=TeamName(name="Pythonistas")), 409)
refused(create_team.sync_detailed(tenant, client=client, body=TeamName(name=" ")), 400)
edited = assign_team.sync_detailed(tenant, employee, team, client=client)
assert edited.status_code == 204, edited
whole = get_employee.sync(tenant, employee, client=client, rollcall_after=position(edited))
local = next(one for one in whole.teams if one.id == team)
assert local.origin == Origin.LOCAL and local.kind == Kind.ADDITIONAL and local.by, local
assert reset_teams.sync_detailed(tenant, employee, client=client).status_code == 204

# Bookings: one, and many, a line each.
booking = BookingInput(resource="desk-7", employee_id=leaver, **upcoming)
recorded = record_booking.sync_detailed(tenant, "python-1", client=client, body=booking)
assert recorded.status_code == 201 and recorded.parsed.state == BookingState.BOOKED, recorded
assert [warning.code for warning in recorded.parsed.warnings] == [WarningCode.FORMER_EMPLOYEE], recorded
nobody = BookingInput(resource="desk-7", user_name="nobody@nowhere.example", **upcoming)
refused(record_booking.sync_detailed(tenant, "python-2", client=client, body=nobody), 404)
lines = [
    ImportLine(reference="python-1", resource="desk-7", employee_id=leaver, **upcoming),
    ImportLine(reference="python-3", resource="desk-8", employee_id=leaver, **upcoming),
    ImportLine(reference="python-4", resource="", employee_id=leaver, **upcoming),
]
text = "".join(json.dumps(line.to_dict()) + "\n" for line in lines)
imported = import_bookings.sync_detailed(tenant, client=client, body=File(io.BytesIO(text.encode())))
assert imported.status_code == 200, imported
results = [ImportResult.from_dict(json.loads(line)) for line in imported.parsed.payload]
expected = [ImportStatus.UNCHANGED, ImportStatus.RECORDED, ImportStatus.REFUSED]
assert [result.status for result in results] == expected, results
reason = Cancellation(reason="left the company")
cancelled = cancel_leaver_booking.sync_detailed(tenant, leaver, "python-3", client=client, body=reason)
assert cancelled.status_code == 204, cancelled
kept = list_leaver_bookings.sync(tenant, leaver, client=client, rollcall_after=position(cancelled))
assert "python-3" in [booking.reference for booking in kept.cancelled], kept

# Reconciliation: what is cancelled here is acknowledged by withdrawing it.
all_of_them = Cancellations(reason="left the company", employee_id=leaver)
cancelled = cancel_leaver_bookings.sync_detailed(tenant, client=client, body=all_of_them)
assert cancelled.status_code == 200 and cancelled.parsed.remaining == 0, cancelled
assert [one.status for one in cancelled.parsed.results] == [CancellationStatus.CANCELLED], cancelled
page = list_bookings.sync(
    tenant, client=client, employee=leaver, state=BookingState.CANCELLED, rollcall_after=position(cancelled)
)
assert {one.reference for one in page.bookings} == {"python-1", "python-3"} and page.bookings[0].former, page
gone = withdraw_booking.sync_detailed(tenant, "python-1", client=client)
known = get_booking.sync(tenant, "python-1", client=client, rollcall_after=position(gone))
assert known.state == BookingState.CLOSED and known.cancelled.closed_at, known

# Alerts: each is known by its cause.
alerts = list_alerts.sync(tenant, client=client).alerts
causes = {type(alert) for alert in alerts}
assert causes == {DeactivationsAlert, GroupEmptiedAlert}, alerts
emptied = next(alert for alert in alerts if isinstance(alert, GroupEmptiedAlert))
assert isinstance(get_alert.sync(tenant, emptied.id, client=client).alert, GroupEmptiedAlert)
assert release_alert.sync_detailed(tenant, emptied.id, client=client).status_code == 204
print("everything was as documented")

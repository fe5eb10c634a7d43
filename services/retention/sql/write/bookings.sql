INSERT INTO bookings (
    tenant, booking, source, reference, employee, booked_for, resource, resource_type, title, starts_at,
    ends_at, recorded_at, cancelled_at, cancelled_by, cancelled_actor, reason, closed_at, decision,
    decided_at, due, decided_actor, decided_reason, decided_seq, version, seq
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
    $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
    $14::text[], $15::text[], $16::text[], $17::timestamptz[], $18::text[], $19::timestamptz[],
    $20::timestamptz[], $21::text[], $22::text[], $23::bigint[], $24::uuid[], $25::bigint[]
)
ON CONFLICT (tenant, booking) DO UPDATE SET
    source = excluded.source,
    reference = excluded.reference,
    employee = excluded.employee,
    booked_for = excluded.booked_for,
    resource = excluded.resource,
    resource_type = excluded.resource_type,
    title = excluded.title,
    starts_at = excluded.starts_at,
    ends_at = excluded.ends_at,
    recorded_at = excluded.recorded_at,
    cancelled_at = excluded.cancelled_at,
    cancelled_by = excluded.cancelled_by,
    cancelled_actor = excluded.cancelled_actor,
    reason = excluded.reason,
    closed_at = excluded.closed_at,
    decision = excluded.decision,
    decided_at = excluded.decided_at,
    due = excluded.due,
    decided_actor = excluded.decided_actor,
    decided_reason = excluded.decided_reason,
    decided_seq = excluded.decided_seq,
    version = excluded.version,
    seq = excluded.seq

INSERT INTO bookings (
    tenant, booking, source, reference, employee, resource, title, starts_at, ends_at, recorded_at,
    cancelled_at, cancelled_by, cancelled_actor, reason, closed_at, seq
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
    $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[],
    $13::text[], $14::text[], $15::timestamptz[], $16::bigint[]
)
ON CONFLICT (tenant, booking) DO UPDATE SET
    source = excluded.source,
    reference = excluded.reference,
    employee = excluded.employee,
    resource = excluded.resource,
    title = excluded.title,
    starts_at = excluded.starts_at,
    ends_at = excluded.ends_at,
    recorded_at = excluded.recorded_at,
    cancelled_at = excluded.cancelled_at,
    cancelled_by = excluded.cancelled_by,
    cancelled_actor = excluded.cancelled_actor,
    reason = excluded.reason,
    closed_at = excluded.closed_at,
    seq = excluded.seq

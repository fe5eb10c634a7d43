INSERT INTO bookings (
    tenant, booking, reference, employee, resource, title, starts_at, ends_at, recorded_at,
    cancelled_at, cancelled_by, cancelled_actor, reason, seq
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[],
    $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[],
    $14::bigint[]
)
ON CONFLICT (tenant, booking) DO UPDATE SET
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
    seq = excluded.seq

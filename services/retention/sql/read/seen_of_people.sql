-- What readers see of some employees: whether they are Former, and their bookings.
SELECT
    f.employee, 'left_at' AS field,
    to_char(f.left_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS value,
    false AS personal
FROM former f
WHERE f.tenant = $1 AND f.employee = ANY ($2)
UNION ALL
SELECT b.employee, format('%s %s', seen.field, b.booking), seen.value, seen.personal
FROM bookings b
CROSS JOIN LATERAL (
    VALUES
        (
            'booking',
            format(
                '%s to %s%s',
                to_char(b.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                to_char(b.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                concat(
                    ', cancelled at '
                        || to_char(b.cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                        || ' by ' || b.cancelled_by || coalesce(' ' || b.cancelled_actor, ''),
                    ', closed at '
                        || to_char(b.closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                )
            ),
            false
        ),
        (
            'decision',
            concat_ws(
                ' ',
                b.decision,
                to_char(b.due AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'as said at', to_char(b.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'by', b.decided_actor, b.decided_seq::text
            ),
            false
        ),
        ('booked for', b.booked_for::text, false),
        (
            'details',
            concat_ws(
                E'\n', b.source, b.reference, b.resource, b.resource_type, b.title, b.reason, b.decided_reason
            ),
            true
        )
) seen (field, value, personal)
WHERE b.tenant = $1 AND b.employee = ANY ($2)
    AND (seen.field <> 'decision' OR b.decided_at IS NOT NULL)
    AND seen.value IS NOT NULL

-- The greater position wins, so that events may come in any order.
INSERT INTO last_seen AS known (
    tenant, credential, event, event_at, seq, request, request_at, request_seq
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[],
    $7::timestamptz[], $8::bigint[]
)
ON CONFLICT (tenant, credential) DO UPDATE SET
    event = CASE WHEN excluded.seq > known.seq THEN excluded.event ELSE known.event END,
    event_at = CASE WHEN excluded.seq > known.seq THEN excluded.event_at ELSE known.event_at END,
    seq = greatest(excluded.seq, known.seq),
    request = CASE
        WHEN excluded.request_seq > coalesce(known.request_seq, 0) THEN excluded.request
        ELSE known.request
    END,
    request_at = CASE
        WHEN excluded.request_seq > coalesce(known.request_seq, 0) THEN excluded.request_at
        ELSE known.request_at
    END,
    request_seq = greatest(excluded.request_seq, known.request_seq)

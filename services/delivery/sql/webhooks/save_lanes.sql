INSERT INTO delivery.webhook_lanes (subscriber, lane, tries, first_failed_at, next_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[], $5::timestamptz[])
ON CONFLICT (subscriber, lane) DO UPDATE SET
    tries = excluded.tries,
    first_failed_at = excluded.first_failed_at,
    next_at = excluded.next_at

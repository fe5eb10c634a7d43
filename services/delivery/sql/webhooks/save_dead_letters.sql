INSERT INTO delivery.webhook_dead_letters
    (subscriber, position, lane, tries, first_failed_at, given_up_at, cause)
SELECT *
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[],
    $6::timestamptz[], $7::text[])
ON CONFLICT (subscriber, position) DO UPDATE SET
    tries = excluded.tries,
    given_up_at = excluded.given_up_at,
    cause = excluded.cause,
    resend = false

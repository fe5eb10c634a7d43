INSERT INTO delivery.webhook_departures (subscriber, position, accepted_at)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[])
ON CONFLICT DO NOTHING

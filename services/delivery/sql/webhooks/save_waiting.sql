INSERT INTO delivery.webhook_waiting (subscriber, position, lane)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[])
ON CONFLICT DO NOTHING

INSERT INTO delivery.receipt_subscribers (receipt, subscriber, name, door)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[])
ON CONFLICT DO NOTHING

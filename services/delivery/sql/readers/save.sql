-- A place never goes back, but into a feed that was made later.
INSERT INTO delivery.readers (feed, subscriber, position, acknowledged_at)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[])
ON CONFLICT (subscriber) DO UPDATE SET
    feed = excluded.feed,
    position = excluded.position,
    acknowledged_at = excluded.acknowledged_at
WHERE (readers.feed, readers.position) < (excluded.feed, excluded.position)

-- What a consumer passed over, since it was made anew behind it, it did not deliver.
UPDATE delivery.receipt_subscribers AS waiting
SET acknowledged_at = greatest(floors.acknowledged_at, receipts.left_at)
FROM delivery.receipts,
    unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[])
        AS floors (subscriber, first, position, acknowledged_at)
WHERE receipts.id = waiting.receipt AND receipts.feed = $1
    AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    AND floors.subscriber = waiting.subscriber
    AND receipts.position BETWEEN floors.first AND floors.position
RETURNING extract(epoch FROM waiting.acknowledged_at - receipts.left_at)::float8

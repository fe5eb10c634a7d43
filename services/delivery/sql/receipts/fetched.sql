UPDATE delivery.receipt_subscribers AS waiting
SET acknowledged_at = greatest(floors.acknowledged_at, receipts.left_at)
FROM delivery.receipts,
    unnest($2::uuid[], $3::bigint[], $4::timestamptz[])
        AS floors (subscriber, position, acknowledged_at)
WHERE receipts.id = waiting.receipt AND receipts.feed = $1
    AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    AND floors.subscriber = waiting.subscriber AND floors.position >= receipts.position
RETURNING extract(epoch FROM waiting.acknowledged_at - receipts.left_at)::float8

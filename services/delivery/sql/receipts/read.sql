UPDATE delivery.receipt_subscribers AS waiting
SET acknowledged_at = greatest(readers.acknowledged_at, receipts.left_at)
FROM delivery.receipts, delivery.readers
WHERE receipts.id = waiting.receipt AND receipts.feed = $1
    AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    AND readers.subscriber = waiting.subscriber AND readers.feed = receipts.feed
    AND readers.position >= receipts.position
RETURNING extract(epoch FROM waiting.acknowledged_at - receipts.left_at)::float8

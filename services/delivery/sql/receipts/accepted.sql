UPDATE delivery.receipt_subscribers AS waiting
SET acknowledged_at = greatest(accepted.accepted_at, receipts.left_at)
FROM delivery.receipts, delivery.webhook_departures AS accepted
WHERE receipts.id = waiting.receipt AND receipts.feed = $1
    AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    AND accepted.subscriber = waiting.subscriber AND accepted.position = receipts.position
RETURNING extract(epoch FROM waiting.acknowledged_at - receipts.left_at)::float8

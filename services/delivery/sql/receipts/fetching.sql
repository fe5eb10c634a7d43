-- Who fetches from NATS and is waited for.
SELECT DISTINCT receipts.tenant, waiting.subscriber, waiting.name
FROM delivery.receipt_subscribers AS waiting
JOIN delivery.receipts ON receipts.id = waiting.receipt
WHERE waiting.door = 'nats' AND receipts.feed = $1
    AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    AND (receipts.closed_at IS NULL OR receipts.outcome = 'overdue')

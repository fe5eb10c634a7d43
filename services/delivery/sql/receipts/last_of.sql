SELECT receipts.left_at, receipts.due_at, receipts.closed_at, receipts.outcome,
    subscribers.subscriber, subscribers.name, subscribers.door, subscribers.acknowledged_at,
    subscribers.removed_at
FROM (
    SELECT * FROM delivery.receipts
    WHERE tenant = $1 AND employee = $2
    ORDER BY log_position DESC
    LIMIT 1
) AS receipts
JOIN delivery.receipt_subscribers AS subscribers ON subscribers.receipt = receipts.id
ORDER BY subscribers.name

SELECT receipts.id, receipts.tenant, receipts.employee, receipts.log_position, receipts.left_at,
    subscribers.subscriber, subscribers.name, subscribers.removed_at IS NOT NULL,
    (extract(epoch FROM subscribers.acknowledged_at - receipts.left_at) * 1000)::float8
FROM (
    SELECT * FROM delivery.receipts
    WHERE closed_at IS NULL AND (due_at <= $1 OR NOT EXISTS (
        SELECT FROM delivery.receipt_subscribers AS waiting
        WHERE waiting.receipt = receipts.id
            AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    ))
    ORDER BY id
    LIMIT 100
) AS receipts
JOIN delivery.receipt_subscribers AS subscribers ON subscribers.receipt = receipts.id
ORDER BY receipts.id, subscribers.name

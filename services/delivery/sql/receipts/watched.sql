SELECT count(*) FILTER (WHERE closed_at IS NULL), count(*) FILTER (WHERE outcome = 'overdue'),
    max(left_at)
FROM delivery.receipts
WHERE closed_at IS NULL OR (outcome = 'overdue' AND EXISTS (
    SELECT FROM delivery.receipt_subscribers AS waiting
    WHERE waiting.receipt = receipts.id
        AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
))

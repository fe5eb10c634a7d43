-- Whoever is in a receipt was added before the departure: who knows the log up to there knows it.
UPDATE delivery.receipt_subscribers AS waiting SET removed_at = $3
FROM delivery.receipts
WHERE receipts.id = waiting.receipt AND receipts.log_position <= $2
    AND waiting.acknowledged_at IS NULL AND waiting.removed_at IS NULL
    AND waiting.subscriber <> ALL ($1)

-- Departures of a tenant that somebody who wants to be told has not acknowledged in time, and still has not.
SELECT receipts.employee, receipts.left_at, receipts.due_at,
    array_agg(subscribers.name ORDER BY subscribers.name) AS missing
FROM delivery.receipts
JOIN delivery.receipt_subscribers AS subscribers ON subscribers.receipt = receipts.id
WHERE receipts.tenant = $1
    AND (receipts.outcome = 'overdue' OR receipts.closed_at IS NULL AND receipts.due_at < now())
    AND subscribers.acknowledged_at IS NULL
    AND subscribers.removed_at IS NULL
GROUP BY receipts.id
ORDER BY receipts.due_at, receipts.id
LIMIT $2

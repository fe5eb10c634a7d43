UPDATE delivery.receipts SET closed_at = $5, outcome = 'superseded'
WHERE tenant = $1 AND employee = $2 AND feed = $3 AND position < $4
    AND (closed_at IS NULL OR outcome = 'overdue')

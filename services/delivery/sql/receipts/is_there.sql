SELECT EXISTS (
    SELECT FROM delivery.receipts WHERE tenant = $1 AND employee = $2 AND log_position = $3
)

DELETE FROM delivery.receipts WHERE tenant = $1 AND employee = $2

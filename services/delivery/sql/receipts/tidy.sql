WITH old AS (DELETE FROM delivery.receipts WHERE closed_at < $1)
DELETE FROM delivery.webhook_departures WHERE accepted_at < $2

UPDATE delivery.webhook_holder
SET renewed_at = clock_timestamp()
WHERE token = $1

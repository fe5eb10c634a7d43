UPDATE delivery.webhook_holder
SET token = token + 1, renewed_at = clock_timestamp()
RETURNING token

-- Who is enabled again has three days again.
WITH webhook AS (
    UPDATE delivery.webhooks SET failing_since = NULL WHERE subscriber = $1
)
UPDATE delivery.webhook_lanes
SET tries = 0, first_failed_at = NULL, next_at = clock_timestamp()
WHERE subscriber = $1

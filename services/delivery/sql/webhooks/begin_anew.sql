-- A course begins anew at $2, at $3 in the log: what waited is in what it gets, or is passed over, and so is
-- what was given up behind there.
WITH webhook AS (
    UPDATE delivery.webhooks
    SET position = $2, begun = $3, state = 'delivering', failing_since = NULL, accepted_at = NULL,
        oldest_at = NULL, failed = 0, last_failure = NULL, accepted = 0
    WHERE subscriber = $1
),
lane AS (
    DELETE FROM delivery.webhook_lanes WHERE subscriber = $1
),
waiting AS (
    DELETE FROM delivery.webhook_waiting WHERE subscriber = $1
)
DELETE FROM delivery.webhook_dead_letters WHERE subscriber = $1 AND position > $2

-- A subscriber begins anew at $2: what waited is in what it gets, or is passed over, and so is what was
-- given up behind there.
WITH webhook AS (
    DELETE FROM delivery.webhooks WHERE subscriber = $1
),
lane AS (
    DELETE FROM delivery.webhook_lanes WHERE subscriber = $1
),
waiting AS (
    DELETE FROM delivery.webhook_waiting WHERE subscriber = $1
)
DELETE FROM delivery.webhook_dead_letters WHERE subscriber = $1 AND position > $2

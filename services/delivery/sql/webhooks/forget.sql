-- A subscriber that was removed leaves nothing.
WITH webhook AS (DELETE FROM delivery.webhooks WHERE subscriber = ANY ($1)),
lane AS (DELETE FROM delivery.webhook_lanes WHERE subscriber = ANY ($1)),
test AS (DELETE FROM delivery.webhook_tests WHERE subscriber = ANY ($1)),
waiting AS (DELETE FROM delivery.webhook_waiting WHERE subscriber = ANY ($1))
DELETE FROM delivery.webhook_dead_letters WHERE subscriber = ANY ($1)

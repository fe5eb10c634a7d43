-- Positions in another feed say nothing of this one.
WITH lane AS (DELETE FROM delivery.webhook_lanes),
waiting AS (DELETE FROM delivery.webhook_waiting),
dead AS (DELETE FROM delivery.webhook_dead_letters)
DELETE FROM delivery.webhooks

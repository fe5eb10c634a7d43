-- Positions in another feed say nothing of this one.
WITH lane AS (DELETE FROM delivery.webhook_lanes),
waiting AS (DELETE FROM delivery.webhook_waiting),
dead AS (DELETE FROM delivery.webhook_dead_letters),
departures AS (DELETE FROM delivery.webhook_departures)
DELETE FROM delivery.webhooks

SELECT lane, tries, first_failed_at, next_at
FROM delivery.webhook_lanes
WHERE subscriber = $1

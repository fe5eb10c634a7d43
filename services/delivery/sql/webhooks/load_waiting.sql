SELECT position, lane
FROM delivery.webhook_waiting
WHERE subscriber = $1

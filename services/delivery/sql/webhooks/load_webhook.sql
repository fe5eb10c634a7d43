SELECT position, failing_since
FROM delivery.webhooks
WHERE subscriber = $1

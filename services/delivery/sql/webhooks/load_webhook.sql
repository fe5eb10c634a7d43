SELECT position, failing_since, begun, accepted
FROM delivery.webhooks
WHERE subscriber = $1

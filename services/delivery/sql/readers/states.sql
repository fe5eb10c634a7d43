SELECT subscriber, position, acknowledged_at
FROM delivery.readers
WHERE subscriber = ANY ($1)

DELETE FROM delivery.webhook_waiting
USING unnest($1::uuid[], $2::bigint[]) AS done (subscriber, position)
WHERE webhook_waiting.subscriber = done.subscriber AND webhook_waiting.position = done.position

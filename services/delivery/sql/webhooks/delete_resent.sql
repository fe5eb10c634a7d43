DELETE FROM delivery.webhook_dead_letters
USING unnest($1::uuid[], $2::bigint[]) AS resent (subscriber, position)
WHERE webhook_dead_letters.subscriber = resent.subscriber
    AND webhook_dead_letters.position = resent.position

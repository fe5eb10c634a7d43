SELECT webhooks.subscriber, webhooks.position, webhooks.state, webhooks.failing_since,
    webhooks.accepted_at, webhooks.oldest_at, webhooks.failed, webhooks.last_failure,
    (SELECT count(*) FROM delivery.webhook_waiting AS w WHERE w.subscriber = webhooks.subscriber),
    (SELECT count(*) FROM delivery.webhook_dead_letters AS d
        WHERE d.subscriber = webhooks.subscriber),
    webhooks.begun, webhooks.accepted
FROM delivery.webhooks
WHERE webhooks.subscriber = ANY ($1)

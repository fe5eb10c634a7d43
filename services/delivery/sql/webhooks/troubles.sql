SELECT
    (SELECT count(*) FROM delivery.webhooks WHERE state = 'disabled'),
    (SELECT count(*) FROM delivery.webhooks WHERE state = 'away'),
    (SELECT count(*) FROM delivery.webhook_dead_letters)

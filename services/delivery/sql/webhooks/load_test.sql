SELECT test, outcome, took_ms, tested_at
FROM delivery.webhook_tests
WHERE subscriber = $1

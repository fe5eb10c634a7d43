INSERT INTO delivery.webhook_tests (subscriber, test, outcome, took_ms, tested_at)
SELECT $1, $2, $3, $4, clock_timestamp()
FROM delivery.webhook_holder
WHERE token = $5
ON CONFLICT (subscriber) DO UPDATE SET
    test = excluded.test,
    outcome = excluded.outcome,
    took_ms = excluded.took_ms,
    tested_at = excluded.tested_at

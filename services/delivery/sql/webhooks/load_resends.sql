SELECT subscriber, position, lane
FROM delivery.webhook_dead_letters
WHERE resend
ORDER BY subscriber, position
LIMIT 1000

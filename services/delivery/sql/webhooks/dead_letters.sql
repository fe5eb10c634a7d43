SELECT position, lane, tries, first_failed_at, given_up_at, cause, resend
FROM delivery.webhook_dead_letters
WHERE subscriber = $1 AND position > $2
ORDER BY position
LIMIT $3

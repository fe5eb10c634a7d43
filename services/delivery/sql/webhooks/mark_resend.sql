UPDATE delivery.webhook_dead_letters
SET resend = true
WHERE subscriber = $1 AND ($2::bigint[] IS NULL OR position = ANY ($2))
RETURNING position

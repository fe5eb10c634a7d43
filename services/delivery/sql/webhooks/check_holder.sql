SELECT FROM delivery.webhook_holder
WHERE token = $1
FOR SHARE

SELECT extract(epoch FROM clock_timestamp() - renewed_at)::float8
FROM delivery.webhook_holder

INSERT INTO delivery.webhook_feed (made_at) VALUES ($1)
ON CONFLICT (one) DO UPDATE SET made_at = excluded.made_at

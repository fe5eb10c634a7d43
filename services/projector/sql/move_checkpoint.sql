UPDATE checkpoint
SET seq = $1, chain = $2, event_at = $3, unknown = $4, updated_at = $5
WHERE seq = $6 AND chain = $7

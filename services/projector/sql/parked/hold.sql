-- An event that failed is not tried again before an operator says so.
UPDATE parked SET next_at = NULL WHERE seq = $1 AND cause IS NOT NULL
RETURNING seq

UPDATE checkpoint
SET halted = $3, renewed_at = clock_timestamp()
WHERE slot_id = $1 AND token = $2

UPDATE checkpoint
SET renewed_at = clock_timestamp(), halted = NULL
WHERE slot_id = $1 AND token = $2

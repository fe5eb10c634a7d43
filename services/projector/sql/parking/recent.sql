-- Whose events failed for the first time within a minute, and why.
SELECT cause, coalesce(first_key, seq::text) AS key
FROM parked
WHERE failed_at > now() - interval '1 minute'

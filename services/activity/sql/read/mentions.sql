-- Where any of these is mentioned, in the order of the log.
SELECT DISTINCT seq
FROM mentions
WHERE tenant = $1 AND id = ANY ($2)
ORDER BY seq

-- The tenants in whose events an id occurs.
SELECT DISTINCT tenant
FROM mentions
WHERE id = $1
ORDER BY tenant

-- Events that wait, in their order, with their keys.
SELECT p.seq, p.cause IS NOT NULL AS failed, k.tenants, k.kinds, k.ids
FROM parked p
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(tenant), '{}') AS tenants,
        coalesce(array_agg(kind), '{}') AS kinds,
        coalesce(array_agg(id), '{}') AS ids
    FROM parked_keys
    WHERE parked_keys.seq = p.seq
) k
WHERE p.seq > $1
ORDER BY p.seq
LIMIT 1000

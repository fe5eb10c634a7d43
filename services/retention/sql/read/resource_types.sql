-- The first resource types of a tenant's bookings, each found with one look at the index.
WITH RECURSIVE kinds AS (
    SELECT (
        SELECT b.resource_type FROM bookings b
        WHERE b.tenant = $1 AND b.resource_type > ''
        ORDER BY b.resource_type LIMIT 1
    ) AS kind
    UNION ALL
    SELECT (
        SELECT b.resource_type FROM bookings b
        WHERE b.tenant = $1 AND b.resource_type > k.kind
        ORDER BY b.resource_type LIMIT 1
    )
    FROM kinds k
    WHERE k.kind IS NOT NULL
)
SELECT kind FROM kinds WHERE kind IS NOT NULL LIMIT 200

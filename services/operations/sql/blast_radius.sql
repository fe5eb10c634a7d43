-- $1: a tenant, or null for all. $2: a person, or null for all.
SELECT
    (SELECT count(*) FROM tenants WHERE $1::text IS NULL OR tenant = $1) AS tenants,
    (
        SELECT count(*)
        FROM employees
        WHERE ($1::text IS NULL OR tenant = $1) AND ($2::uuid IS NULL OR employee = $2)
    ) AS people,
    CASE WHEN $2::uuid IS NULL
        THEN (SELECT count(*) FROM teams WHERE $1::text IS NULL OR tenant = $1)
        ELSE (SELECT count(*) FROM current_memberships WHERE tenant = $1 AND employee = $2)
    END AS teams

SELECT
    count(*) FILTER (WHERE standing = 'active') AS active,
    count(*) FILTER (WHERE standing = 'former') AS former,
    count(*) FILTER (WHERE held_by IS NOT NULL) AS held
FROM people
WHERE tenant = $1

SELECT
    count(*) FILTER (WHERE standing = 'active') AS active,
    count(*) FILTER (WHERE standing = 'former') AS former
FROM people
WHERE tenant = $1

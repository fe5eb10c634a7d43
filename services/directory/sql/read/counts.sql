SELECT
    count(*) FILTER (WHERE standing = 'active') AS active,
    count(*) FILTER (WHERE standing = 'former') AS former
FROM directory.people
WHERE tenant = $1

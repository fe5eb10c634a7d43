SELECT
    relations <= (
        SELECT count(*)
        FROM pg_class
        WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'v')
    )
FROM 
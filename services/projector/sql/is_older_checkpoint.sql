SELECT count(*) = 4
FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attname IN ('only_row', 'seq', 'chain', 'tables')

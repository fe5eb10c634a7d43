INSERT INTO bookmark (seq, chain, unknown, tables, goal, updated_at)
VALUES (0, $1, 0, $2, $3, $4)

-- The last event that is in the table of mentions, if there is that table.
SELECT CASE WHEN to_regclass('mentions') IS NULL THEN 0 ELSE seq END FROM checkpoint

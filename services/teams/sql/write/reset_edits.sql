-- "Reset to synced" drops what was decided by hand …
DELETE FROM local_edits
USING unnest($1::text[], $2::uuid[]) AS reset (tenant, employee)
WHERE local_edits.tenant = reset.tenant AND local_edits.employee = reset.employee

-- … and which team was chosen as Primary.
DELETE FROM chosen_primaries
USING unnest($1::text[], $2::uuid[]) AS reset (tenant, employee)
WHERE chosen_primaries.tenant = reset.tenant AND chosen_primaries.employee = reset.employee

-- What readers see of some employees, column by column.
SELECT p.employee, seen.field, seen.value, seen.personal
FROM people p
CROSS JOIN LATERAL (
    VALUES
        ('standing', p.standing, false),
        ('resource', p.resource::text, false),
        ('resource_gone', p.resource_gone::text, false),
        ('address_given', p.address_given::text, false),
        ('joined_at', to_char(p.joined_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), false),
        ('left_at', to_char(p.left_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), false),
        ('held_by', p.held_by::text, false),
        ('held_since', to_char(p.held_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), false),
        ('changed_at', to_char(p.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), false),
        ('user_name', p.user_name, true),
        ('external_id', p.external_id, true),
        ('display_name', p.display_name, true),
        ('profile', p.profile::text, true)
) seen (field, value, personal)
WHERE p.tenant = $1 AND p.employee = ANY ($2)

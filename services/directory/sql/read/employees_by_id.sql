SELECT
    e.employee, e.resource, e.resource_gone, e.user_name, e.external_id, e.display_name, e.standing,
    e.address_given OR coalesce(i.profile = 'benefits', false) AS can_sign_in,
    e.joined_at, e.left_at, e.held_by, e.held_since, e.changed_at
FROM people e
LEFT JOIN integrations i ON i.tenant = e.tenant
WHERE e.tenant = $1 AND e.employee = ANY ($2)

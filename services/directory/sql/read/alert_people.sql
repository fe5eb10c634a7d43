-- A page of the people who belong to an alert, as they count now.
SELECT
    e.employee, e.resource, e.resource_gone, e.user_name, e.external_id, e.display_name, e.standing,
    e.address_given OR coalesce(i.profile = 'benefits', false) AS can_sign_in,
    e.joined_at, e.left_at, e.held_by, e.held_since, e.changed_at
FROM alert_people p
JOIN people e ON e.tenant = p.tenant AND e.employee = p.employee
LEFT JOIN integrations i ON i.tenant = e.tenant
WHERE p.tenant = $1 AND p.alert = $2 AND p.employee > $3
ORDER BY p.employee
LIMIT $4

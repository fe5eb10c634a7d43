-- A page of employees in another order than by name, here by their arrival: whoever sorts otherwise replaces what is
-- marked. Nothing keeps these orders, so that the people of the tenant are looked at, as by a search.
SELECT
    e.employee, e.resource, e.resource_gone, e.user_name, e.external_id, e.display_name, e.standing,
    e.address_given OR coalesce(i.profile = 'benefits', false) AS can_sign_in,
    e.joined_at, e.left_at, e.held_by, e.held_since, e.changed_at, e.joined_at /*key*/ AS sort_key
FROM people e
LEFT JOIN integrations i ON i.tenant = e.tenant
WHERE e.tenant = $1
    AND ($3::uuid IS NULL OR (e.joined_at /*key*/, e.employee) > /*comparison*/ ($2, $3))
    AND ($5::text IS NULL OR strpos(e.search_text, $5) > 0)
    AND ($6::text IS NULL OR e.standing = $6)
    AND ($7::boolean IS NULL OR (e.held_by IS NOT NULL) = $7)
    AND ($8::text IS NULL OR e.user_name_key = $8)
    AND ($9::text IS NULL OR e.external_id = $9)
ORDER BY e.joined_at /*key*/ ASC /*direction*/, e.employee ASC /*direction*/
LIMIT $4

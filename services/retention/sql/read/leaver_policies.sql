-- What becomes by itself of leavers' bookings, by resource type.
SELECT p.resource_type, p.days, p.colleague, p.set_at, p.set_actor
FROM leaver_policies p
WHERE p.tenant = $1 AND (p.days IS NOT NULL OR p.colleague IS NOT NULL)
ORDER BY p.resource_type

-- Bookings go with their person. Those that are somebody else's by now stay.
DELETE FROM bookings
USING unnest($1::text[], $2::uuid[], $3::uuid[]) AS erased (tenant, employee, booking)
WHERE bookings.tenant = erased.tenant
    AND bookings.booking = erased.booking
    AND bookings.employee = erased.employee

-- What only readers look up by: not kept while the rows are written for the first time.
CREATE INDEX IF NOT EXISTS leavers_in_order ON leavers (tenant, left_at, employee);
CREATE INDEX IF NOT EXISTS bookings_by_employee ON bookings (tenant, employee, ends_at);
CREATE INDEX IF NOT EXISTS bookings_in_order ON bookings (tenant, starts_at, booking);
CREATE INDEX IF NOT EXISTS bookings_by_reference ON bookings (tenant, reference);
CREATE INDEX IF NOT EXISTS bookings_by_type ON bookings (tenant, resource_type);
-- Who looks for what was handed over looks by whom it was of.
CREATE INDEX IF NOT EXISTS bookings_handed_over ON bookings (tenant, booked_for) WHERE booked_for IS NOT NULL;

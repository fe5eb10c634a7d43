-- A receipt that is there stays as it is; in a feed that was made anew, the departure is elsewhere.
INSERT INTO delivery.receipts
    (tenant, employee, log_position, left_at, feed, position, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, employee, log_position) DO UPDATE
SET feed = excluded.feed, position = excluded.position
RETURNING id, xmax = 0

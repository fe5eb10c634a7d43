-- Events that were erased are counted, and found by their person, whether this was done when they were
-- there to be read or is done now.
WITH erased AS (
    SELECT DISTINCT ON (tenant, employee, seq) *
    FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::date[], $5::text[])
        AS erased (tenant, employee, seq, day, event)
), unread AS (
    INSERT INTO mentions (id, tenant, seq)
    SELECT employee, tenant, seq FROM erased
    ON CONFLICT DO NOTHING
    RETURNING id, tenant, seq
)
INSERT INTO event_counts AS known (tenant, day, event, count)
SELECT erased.tenant, erased.day, erased.event, count(*)
FROM erased
JOIN unread ON unread.id = erased.employee
    AND unread.tenant = erased.tenant
    AND unread.seq = erased.seq
GROUP BY erased.tenant, erased.day, erased.event
ON CONFLICT (tenant, day, event) DO UPDATE SET count = known.count + excluded.count

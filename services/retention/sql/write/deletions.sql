-- People whose departure was reversed, and whose resource was deleted after that: they stayed until
-- then, so they left with the first such deletion. Alerts about the departure before are none about
-- this one.
UPDATE leavers AS known SET left_at = anew.at, left_seq = anew.seq
FROM (
    SELECT DISTINCT ON (was.tenant, was.employee) was.tenant, was.employee, gone.at, gone.seq
    FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bigint[])
        AS gone (tenant, employee, at, seq)
    JOIN leavers was
        ON was.tenant = gone.tenant AND was.employee = gone.employee AND was.left_seq < gone.seq
    WHERE (
        SELECT bool_and(coalesce(a.decision = 'reversed' AND a.decided_seq < gone.seq, false))
        FROM alert_people p
        JOIN holds a ON a.tenant = p.tenant AND a.alert = p.alert
        WHERE p.tenant = was.tenant AND p.employee = was.employee
            AND p.seq >= was.left_seq AND p.seq < gone.seq
    )
    ORDER BY was.tenant, was.employee, gone.seq
) anew
WHERE known.tenant = anew.tenant AND known.employee = anew.employee

INSERT INTO chosen_primaries (tenant, employee, team, seq, at, actor)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[])
ON CONFLICT (tenant, employee) DO UPDATE SET
    team = excluded.team,
    seq = excluded.seq,
    at = excluded.at,
    actor = excluded.actor

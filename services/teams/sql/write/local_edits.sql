INSERT INTO local_edits (tenant, employee, team, edit, seq, at, actor)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::timestamptz[], $7::text[]
)
ON CONFLICT (tenant, employee, team) DO UPDATE SET
    edit = excluded.edit,
    seq = excluded.seq,
    at = excluded.at,
    actor = excluded.actor

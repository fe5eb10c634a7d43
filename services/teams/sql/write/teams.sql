INSERT INTO teams (tenant, team, name, name_key, search_text, description, external_id, origin, seq)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::bigint[]
)
ON CONFLICT (tenant, team) DO UPDATE SET
    name = excluded.name,
    name_key = excluded.name_key,
    search_text = excluded.search_text,
    description = excluded.description,
    external_id = excluded.external_id,
    origin = excluded.origin,
    seq = excluded.seq

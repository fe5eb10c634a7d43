-- People as they are now. They joined when we first heard of them, and left when they last became
-- Former: a Former person who changes has not left again.
INSERT INTO employees AS known (
    tenant, employee, resource, resource_gone, user_name, user_name_key, address_given, external_id,
    display_name, display_key, search_text, standing, profile, joined_at, left_at, left_seq,
    gone_seq, changed_at, seq
)
SELECT
    tenant, employee, resource, resource_gone, user_name, user_name_key, address_given, external_id,
    display_name, display_key, search_text, standing, profile::json, joined_at, left_at,
    left_seq, gone_seq, changed_at, seq
FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::boolean[], $5::text[], $6::text[], $7::boolean[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[],
    $15::timestamptz[], $16::bigint[], $17::bigint[], $18::timestamptz[], $19::bigint[]
) AS change (
    tenant, employee, resource, resource_gone, user_name, user_name_key, address_given, external_id,
    display_name, display_key, search_text, standing, profile, joined_at, left_at, left_seq,
    gone_seq, changed_at, seq
)
ON CONFLICT (tenant, employee) DO UPDATE SET
    resource = excluded.resource,
    resource_gone = excluded.resource_gone,
    user_name = excluded.user_name,
    user_name_key = excluded.user_name_key,
    address_given = excluded.address_given,
    external_id = excluded.external_id,
    display_name = excluded.display_name,
    display_key = excluded.display_key,
    search_text = excluded.search_text,
    standing = excluded.standing,
    profile = excluded.profile,
    left_at = CASE WHEN excluded.standing = 'former' THEN coalesce(known.left_at, excluded.left_at) END,
    left_seq = CASE WHEN excluded.standing = 'former' THEN coalesce(known.left_seq, excluded.left_seq) END,
    gone_seq = coalesce(excluded.gone_seq, known.gone_seq),
    changed_at = excluded.changed_at,
    seq = excluded.seq

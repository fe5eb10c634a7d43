SELECT
    c.seq,
    c.chain,
    c.unknown,
    c.event_at,
    coalesce((to_jsonb(c)->>'goal')::bigint, 0) AS goal,
    decode(substr(coalesce(to_jsonb(c)->>'made_by', to_jsonb(c)->>'tables'), 3), 'hex') AS made_by,
    (to_jsonb(c)->>'slot_id')::uuid AS slot_id,
    to_jsonb(c)->>'of_tenant' AS of_tenant,
    (to_jsonb(c)->>'of_person')::uuid AS of_person,
    to_jsonb(c)->>'job' AS job,
    to_jsonb(c)->>'halted' AS halted,
    (to_jsonb(c)->>'made_at')::timestamptz AS made_at,
    coalesce(
        (to_jsonb(c)->>'made_at')::timestamptz > clock_timestamp() - interval '5 s', false
    ) AS fresh,
    coalesce(to_jsonb(c)->>'moved_at', to_jsonb(c)->>'updated_at')::timestamptz AS moved_at,
    (to_jsonb(c)->>'kept_until')::timestamptz AS kept_until,
    coalesce((to_jsonb(c)->>'kept_until')::timestamptz < clock_timestamp(), false) AS expired,
    coalesce((to_jsonb(c)->>'pinned')::boolean, false) AS pinned,
    extract(
        epoch FROM clock_timestamp() - (to_jsonb(c)->>'renewed_at')::timestamptz
    )::float8 AS lease_age,
    ARRAY(
        SELECT decode(substr(digest, 3), 'hex')
        FROM jsonb_array_elements_text(coalesce(to_jsonb(c)->'superseded', '[]')) AS digest
    ) AS superseded,
    coalesce((to_jsonb(c)->>'relations')::bigint, 0) <= (
        SELECT count(*) FROM pg_class
        WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'v')
    ) AS whole
FROM

-- What is to be tried again now, and how long until the next. A time that is further away than any
-- delay was set before the clock was put back.
SELECT
    (
        SELECT seq FROM parked
        WHERE cause IS NOT NULL AND (next_at <= now() OR next_at > now() + interval '3 min')
        ORDER BY seq
        LIMIT 1
    ) AS due,
    extract(epoch FROM (SELECT min(next_at) FROM parked WHERE cause IS NOT NULL) - now())::float8 AS pause,
    count(*) AS waiting,
    count(DISTINCT coalesce(first_key, seq::text)) FILTER (WHERE cause IS NOT NULL) AS keys,
    min(failed_at) AS since
FROM parked

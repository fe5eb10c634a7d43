-- How far subscribers that ask over HTTP have acknowledged. It is no read model: the log does not make it.
-- Whoever loses it reads events twice, with the same ids.
--
-- Two processes that make a schema at the same time would refuse each other.
SELECT pg_advisory_xact_lock(7166183651281593445);
CREATE SCHEMA IF NOT EXISTS delivery;

CREATE TABLE IF NOT EXISTS delivery.readers (
    subscriber      uuid        PRIMARY KEY,
    feed            bigint      NOT NULL, -- in which feed: when its stream was made, in nanoseconds
    position        bigint      NOT NULL, -- up to here all is acknowledged
    acknowledged_at timestamptz NOT NULL
) WITH (fillfactor = 50);

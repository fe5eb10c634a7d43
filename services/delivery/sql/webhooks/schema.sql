-- How far webhooks have come. It is no read model: the log does not make it. Whoever loses it sends
-- events twice, with the same ids.
--
-- Two processes that make a schema at the same time would refuse each other.
SELECT pg_advisory_xact_lock(7166183651281593445);
CREATE SCHEMA IF NOT EXISTS delivery;

-- Who sends webhooks. What a former holder still writes bears an old token and is refused.
CREATE TABLE IF NOT EXISTS delivery.webhook_holder (
    one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
    token      bigint      NOT NULL DEFAULT 0,
    renewed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO delivery.webhook_holder DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Of which feed all positions here are: when its stream was made, to the nanosecond.
CREATE TABLE IF NOT EXISTS delivery.webhook_feed (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    made_at text    NOT NULL
);

CREATE TABLE IF NOT EXISTS delivery.webhooks (
    subscriber    uuid        PRIMARY KEY,
    position      bigint      NOT NULL, -- up to here all is accepted, or waits, or is a dead letter
    state         text        NOT NULL,
    failing_since timestamptz,          -- since when nothing has been accepted
    accepted_at   timestamptz,          -- when something was accepted last
    oldest_at     timestamptz,          -- since when the oldest has waited that is not accepted
    failed        integer     NOT NULL, -- tries that failed within the last hour
    last_failure  text
) WITH (fillfactor = 50);
-- Of a replay, `subscriber` is its own id.
ALTER TABLE delivery.webhooks
    ADD COLUMN IF NOT EXISTS begun    bigint, -- where in the log it was added or reset, or began
    ADD COLUMN IF NOT EXISTS accepted bigint; -- how many events were accepted

-- Lanes of which an event was not accepted: a person, team, booking or alert.
CREATE TABLE IF NOT EXISTS delivery.webhook_lanes (
    subscriber      uuid        NOT NULL,
    lane            text        NOT NULL,
    tries           integer     NOT NULL,
    first_failed_at timestamptz,
    next_at         timestamptz NOT NULL,
    PRIMARY KEY (subscriber, lane)
);

-- What waits in them.
CREATE TABLE IF NOT EXISTS delivery.webhook_waiting (
    subscriber uuid   NOT NULL,
    position   bigint NOT NULL,
    lane       text   NOT NULL,
    PRIMARY KEY (subscriber, position)
);

-- What was given up. The event itself is in the feed.
CREATE TABLE IF NOT EXISTS delivery.webhook_dead_letters (
    subscriber      uuid        NOT NULL,
    position        bigint      NOT NULL,
    lane            text        NOT NULL,
    tries           integer     NOT NULL,
    first_failed_at timestamptz NOT NULL,
    given_up_at     timestamptz NOT NULL,
    cause           text        NOT NULL,
    resend          boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (subscriber, position)
);
CREATE INDEX IF NOT EXISTS webhook_resends ON delivery.webhook_dead_letters (subscriber) WHERE resend;

-- What came of the last test event of each.
CREATE TABLE IF NOT EXISTS delivery.webhook_tests (
    subscriber uuid        PRIMARY KEY,
    test       uuid        NOT NULL,
    outcome    text        NOT NULL,
    took_ms    integer     NOT NULL,
    tested_at  timestamptz NOT NULL
);

-- Departures that were accepted, until their receipts know.
CREATE TABLE IF NOT EXISTS delivery.webhook_departures (
    subscriber  uuid        NOT NULL,
    position    bigint      NOT NULL,
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (subscriber, position)
);

-- Which subscribers have acknowledged that somebody left. It is no read model: the log does not make it. Of
-- people it holds the employee id alone.
--
-- Two processes that make a schema at the same time would refuse each other.
SELECT pg_advisory_xact_lock(7166183651281593445);
CREATE SCHEMA IF NOT EXISTS delivery;

-- How far the feed was looked through for departures.
CREATE TABLE IF NOT EXISTS delivery.receipt_place (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    feed     bigint  NOT NULL, -- when its stream was made, in nanoseconds
    position bigint  NOT NULL
);

CREATE TABLE IF NOT EXISTS delivery.receipts (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant       text        NOT NULL,
    employee     uuid        NOT NULL,
    log_position bigint      NOT NULL, -- up to where the log led to the departure
    left_at      timestamptz NOT NULL,
    feed         bigint      NOT NULL,
    position     bigint      NOT NULL, -- of the departure in the feed
    due_at       timestamptz NOT NULL,
    closed_at    timestamptz,
    outcome      text,                 -- acknowledged, overdue or superseded
    UNIQUE (tenant, employee, log_position)
);
CREATE INDEX IF NOT EXISTS receipts_open ON delivery.receipts (due_at)
WHERE closed_at IS NULL OR outcome = 'overdue';

CREATE TABLE IF NOT EXISTS delivery.receipt_subscribers (
    receipt         bigint NOT NULL REFERENCES delivery.receipts (id) ON DELETE CASCADE,
    subscriber      uuid   NOT NULL,
    name            text   NOT NULL,
    door            text   NOT NULL,
    acknowledged_at timestamptz,
    removed_at      timestamptz, -- nobody is waited for that is no subscriber any more
    PRIMARY KEY (receipt, subscriber)
);
CREATE INDEX IF NOT EXISTS receipt_subscribers_waiting ON delivery.receipt_subscribers (subscriber)
WHERE acknowledged_at IS NULL AND removed_at IS NULL;

-- Events that wait: those that could not be applied, and those behind them, with which they share a key.
CREATE TABLE parked (
    tenant      text        NOT NULL,
    seq         bigint      PRIMARY KEY,
    event       text        NOT NULL,                 -- its type
    happened_at timestamptz NOT NULL,
    parked_at   timestamptz NOT NULL DEFAULT now(),
    first_key   text,                                 -- whose event it is; one without keys holds up nothing
    cause       text,                                 -- of an event that failed; null of one that waits behind it
    message     text,                                 -- in words that hold nothing of a row
    tries       integer     NOT NULL,
    failed_at   timestamptz,                          -- for the first time
    tried_at    timestamptz,                          -- for the last time
    next_at     timestamptz,                          -- of an event that failed: null if it waits for an operator
    CHECK ((cause IS NULL) = (failed_at IS NULL)),
    CHECK ((cause IS NULL) = (tries = 0))
);

CREATE INDEX parked_failures ON parked (next_at) WHERE cause IS NOT NULL;

CREATE TABLE parked_keys (
    tenant text   NOT NULL,
    kind   text   NOT NULL,
    id     uuid   NOT NULL,                           -- nil where the tenant has but one
    seq    bigint NOT NULL REFERENCES parked ON DELETE CASCADE,
    PRIMARY KEY (tenant, kind, id, seq)
);

CREATE INDEX parked_keys_of_event ON parked_keys (seq);

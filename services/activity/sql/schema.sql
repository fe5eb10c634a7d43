-- Rows here are written again and again: room in their pages keeps a change from moving them, and
-- no index is on what changes.

-- What each credential caused last. A request that changes nothing writes no event, so it is not
-- seen here.
CREATE TABLE last_seen (
    tenant      text        NOT NULL,
    credential  uuid        NOT NULL,
    event       text        NOT NULL,          -- the type of the last event that it caused
    event_at    timestamptz NOT NULL,
    seq         bigint      NOT NULL,          -- position of that event
    request     text,                          -- the id of the last request of which an event tells one
    request_at  timestamptz,
    request_seq bigint,                        -- position of the last event of that request
    PRIMARY KEY (tenant, credential),
    CHECK ((request IS NULL) = (request_at IS NULL)),
    CHECK ((request IS NULL) = (request_seq IS NULL))
) WITH (fillfactor = 50);

-- How many events of each type a day (UTC) had.
CREATE TABLE event_counts (
    tenant text   NOT NULL,
    day    date   NOT NULL,
    event  text   NOT NULL,
    count  bigint NOT NULL,
    PRIMARY KEY (tenant, day, event)
) WITH (fillfactor = 50);

-- Which events concern whom: by employee id, and by the id of a SCIM resource; those of a group, team,
-- booking or alert that say how it stands by the id of that. With these are found all events that
-- the rules look at to say how one person stands, wherever they are in the log. The id comes first, so
-- that it can be asked whose it is; a client may name an id of another tenant.
CREATE TABLE mentions (
    id     uuid   NOT NULL,
    tenant text   NOT NULL,
    seq    bigint NOT NULL,                    -- position of the event
    PRIMARY KEY (id, tenant, seq)
);

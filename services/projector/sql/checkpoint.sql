CREATE TABLE checkpoint (
    only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    seq        bigint      NOT NULL,    -- the last event in the read model
    chain      bytea       NOT NULL CHECK (length(chain) = 32),
    event_at   timestamptz,             -- when that event happened
    unknown    bigint      NOT NULL,    -- events passed over, as this release does not know them
    tables     bytea       NOT NULL,    -- SHA-256 of the statements and rules that make tables and rows
    goal       bigint      NOT NULL,    -- the end of the log when this was made: of no use before it
    relations  bigint      NOT NULL,    -- tables and views that were made: fewer are a part
    updated_at timestamptz NOT NULL
);

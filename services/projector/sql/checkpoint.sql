CREATE TABLE checkpoint (
    only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    seq        bigint      NOT NULL,    -- the last event in the read model
    chain      bytea       NOT NULL CHECK (length(chain) = 32),
    event_at   timestamptz,             -- when that event happened
    unknown    bigint      NOT NULL,    -- events passed over, as this release does not know them
    tables     bytea       NOT NULL,    -- SHA-256 of what made this: statements of tables, rules of rows
    goal       bigint      NOT NULL,    -- the end of the log when this was made: not read before it
    relations  bigint      NOT NULL,    -- how many tables and views were made
    updated_at timestamptz NOT NULL
);

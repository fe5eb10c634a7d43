CREATE TABLE checkpoint (
    -- No column here is called tenant: readers would see a row of their own tenant only.
    only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    slot_id    uuid        NOT NULL,    -- names this read model, whatever its schema is called
    seq        bigint      NOT NULL,    -- the last event in the read model
    chain      bytea       NOT NULL CHECK (length(chain) = 32),
    event_at   timestamptz,             -- when that event happened
    unknown    bigint      NOT NULL,    -- events passed over, as this release does not know them
    made_by    bytea       NOT NULL,    -- SHA-256 of what made this: statements of tables, rules of rows
    goal       bigint      NOT NULL,    -- the end of the log when this was made: not read before it
    relations  bigint      NOT NULL,    -- how many tables and views were made
    of_tenant  text,                    -- whose events are in it; none: everybody's
    of_person  uuid CHECK (of_person IS NULL OR of_tenant IS NOT NULL),
    job        text,                    -- the job that wanted it; none: a release that needed it
    made_at    timestamptz NOT NULL,
    moved_at   timestamptz NOT NULL,
    holder     uuid,                    -- the process that keeps it
    token      bigint      NOT NULL,    -- counts its holders: who says an older number is refused
    renewed_at timestamptz NOT NULL,    -- when the holder was last heard of, by the database's clock
    halted     text,                    -- why it stands still, if it does
    kept_until timestamptz,             -- of a slot that was live: it may be dropped after that
    superseded bytea[]     NOT NULL,    -- what made the slots that were live before
    pinned     boolean     NOT NULL     -- an operator went back to this: nobody leaves it by himself
);

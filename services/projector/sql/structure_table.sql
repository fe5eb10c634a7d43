-- What the catalog told of this slot when it was made (`catalogue.sql`), so that what somebody altered by
-- hand is seen before an event fails by it.
CREATE TABLE structure (
    relation text NOT NULL,
    thing    text NOT NULL,
    PRIMARY KEY (relation, thing)
);

-- The Former people. Who comes back is on the list no more.
CREATE TABLE leavers (
    tenant   text        NOT NULL,
    employee uuid        NOT NULL,
    left_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant, employee)
);

CREATE INDEX leavers_in_order ON leavers (tenant, left_at, employee);

-- Everybody's bookings, as they were last told: nobody knows today who leaves tomorrow.
CREATE TABLE bookings (
    tenant          text        NOT NULL,
    booking         uuid        NOT NULL,
    reference       text        NOT NULL,      -- the booking system's own id
    employee        uuid        NOT NULL,
    resource        text        NOT NULL,
    title           text,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,      -- when it was last told
    cancelled_at    timestamptz,
    cancelled_by    text        CHECK (cancelled_by IN ('booking-system', 'administrator')),
    cancelled_actor text,                      -- who, by id
    reason          text,
    seq             bigint      NOT NULL,      -- position of the last event about it
    PRIMARY KEY (tenant, booking),
    CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL))
);

CREATE INDEX bookings_by_employee ON bookings (tenant, employee, ends_at);

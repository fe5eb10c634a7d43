-- Those who left, by what the directory says. Who comes back is on the list no more.
CREATE TABLE leavers (
    tenant   text        NOT NULL,
    employee uuid        NOT NULL,
    left_at  timestamptz NOT NULL,
    left_seq bigint      NOT NULL,             -- position of the event with which they left
    gone_seq bigint,                           -- position of the last deletion of a resource since
    PRIMARY KEY (tenant, employee)
);

-- Alerts that keep their people Active until somebody decides, or for good if it is reversed.
CREATE TABLE holds (
    tenant      text   NOT NULL,
    alert       uuid   NOT NULL,
    decision    text   CHECK (decision IN ('released', 'reversed')),
    decided_seq bigint,                        -- position of the decision
    PRIMARY KEY (tenant, alert)
);

-- Who belongs to an alert, whether it holds or not.
CREATE TABLE alert_people (
    tenant   text   NOT NULL,
    alert    uuid   NOT NULL,
    employee uuid   NOT NULL,
    seq      bigint NOT NULL,                  -- position of the event that added them: they left with it, or before
    PRIMARY KEY (tenant, alert, employee)
);

CREATE INDEX alert_people_by_employee ON alert_people (tenant, employee, seq);

-- The Former people: leavers who are not held, nor their departure reversed.
CREATE VIEW former WITH (security_invoker = true) AS
SELECT l.tenant, l.employee, l.left_at
FROM leavers l
WHERE NOT EXISTS (
    SELECT FROM alert_people p
    JOIN holds h ON h.tenant = p.tenant AND h.alert = p.alert
    WHERE p.tenant = l.tenant AND p.employee = l.employee AND p.seq >= l.left_seq
        AND (h.decision IS NULL
            OR (h.decision = 'reversed' AND NOT coalesce(l.gone_seq > h.decided_seq, false)))
);

-- Everybody's bookings, as they were last told: nobody knows today who leaves tomorrow.
CREATE TABLE bookings (
    tenant          text        NOT NULL,
    booking         uuid        NOT NULL,
    source          text        NOT NULL,      -- which booking system it is of
    reference       text        NOT NULL,      -- the booking system's own id, unique in its source
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
    closed_at       timestamptz,               -- when the booking system said that it knows of a cancellation
    seq             bigint      NOT NULL,      -- position of the last event about it
    PRIMARY KEY (tenant, booking),
    CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
    CHECK (closed_at IS NULL OR cancelled_at IS NOT NULL)
);

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
    booked_for      uuid,                      -- whom the booking system books it for, where it was handed over here
    resource        text        NOT NULL,
    resource_type   text        NOT NULL,      -- by the booking system's own word; empty where it does not say
    title           text,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,      -- when it was last told
    cancelled_at    timestamptz,
    cancelled_by    text        CHECK (cancelled_by IN ('booking-system', 'administrator')),
    cancelled_actor text,                      -- who, by id
    reason          text,
    closed_at       timestamptz,               -- when the booking system said that it knows of a cancellation
    decision        text        CHECK (decision IN ('kept', 'planned', 'reopened')),
    decided_at      timestamptz,               -- when somebody decided about it last, its person having left
    due             timestamptz,               -- when it will be cancelled by itself; null where it is kept
    decided_actor   text,                      -- who, by id
    decided_reason  text,
    decided_seq     bigint,                    -- position of the decision: it counts for the departure before it
    version         uuid        NOT NULL,      -- id of the last event about it
    seq             bigint      NOT NULL,      -- position of that
    PRIMARY KEY (tenant, booking),
    CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
    CHECK (closed_at IS NULL OR cancelled_at IS NOT NULL),
    CHECK ((decided_at IS NULL) = (decision IS NULL)),
    CHECK ((due IS NOT NULL) = (decision IS NOT DISTINCT FROM 'planned'))
);

-- What becomes by itself of leavers' bookings of a resource type: they are kept, or cancelled so many days after
-- the departure, or handed over to a colleague while that one is Active.
CREATE TABLE leaver_policies (
    tenant        text        NOT NULL,
    resource_type text        NOT NULL,
    days          integer,
    colleague     uuid,
    set_at        timestamptz NOT NULL,
    set_actor     text        NOT NULL,        -- who, by id
    PRIMARY KEY (tenant, resource_type),
    CHECK (days IS NULL OR colleague IS NULL)
);

-- The bookings of Former people, with what is decided about each since its person left, by somebody or by a policy.
CREATE VIEW left_bookings WITH (security_invoker = true) AS
SELECT
    b.tenant, b.employee, b.booking, b.starts_at, b.ends_at, b.cancelled_at, l.left_at,
    d.decided AND d.decision = 'kept' AS kept,
    d.decided AND d.decision = 'reopened' AS reopened,
    CASE
        WHEN d.decided THEN d.due
        WHEN p.days IS NOT NULL AND d.policy_due < b.ends_at THEN d.policy_due
    END AS planned_at,
    NOT d.decided AND p.days IS NOT NULL AS by_policy,
    p.days AS policy_days,
    p.set_actor AS policy_actor,
    CASE WHEN NOT d.decided AND b.starts_at > l.left_at THEN p.colleague END AS colleague
FROM former l
JOIN leavers w ON w.tenant = l.tenant AND w.employee = l.employee
JOIN bookings b ON b.tenant = l.tenant AND b.employee = l.employee
LEFT JOIN leaver_policies p ON p.tenant = b.tenant AND p.resource_type = b.resource_type
CROSS JOIN LATERAL (
    SELECT
        coalesce(b.decided_seq > w.left_seq, false) AS decided,
        b.due,
        coalesce(b.decision, '') AS decision,
        l.left_at + make_interval(hours => 24 * p.days) AS policy_due
) d;

-- Everybody's bookings as they are shown, with what is decided about those of Former people.
CREATE VIEW shown_bookings WITH (security_invoker = true) AS
SELECT
    b.tenant, b.booking, b.version, b.source, b.reference, b.employee, b.booked_for, b.resource, b.resource_type,
    b.title, b.starts_at, b.ends_at, b.recorded_at, b.cancelled_at, b.cancelled_by, b.cancelled_actor, b.reason,
    b.closed_at, b.decided_at, b.decided_actor, b.decided_reason, d.kept, d.reopened, d.planned_at, d.by_policy,
    d.policy_days, d.policy_actor, d.colleague, d.left_at IS NOT NULL AS former
FROM bookings b
LEFT JOIN LATERAL (
    SELECT * FROM left_bookings v WHERE v.tenant = b.tenant AND v.employee = b.employee AND v.booking = b.booking
) d ON true;

CREATE TABLE employees (
    tenant        text        NOT NULL,
    employee      uuid        NOT NULL,
    resource      uuid        NOT NULL,            -- the SCIM resource that describes them, or did last
    resource_gone boolean     NOT NULL,
    user_name     text        NOT NULL,
    user_name_key text        NOT NULL,            -- as it is compared
    address_given boolean     NOT NULL,            -- whether the user name is an e-mail address
    external_id   text,
    display_name  text        NOT NULL,            -- the name to show, never blank
    display_key   text        COLLATE "C" NOT NULL, -- its first letters, as lists are sorted
    search_text   text        NOT NULL,            -- the beginning of each text that a search looks at, in lower case
    standing      text        NOT NULL CHECK (standing IN ('active', 'former')), -- as last told; see people
    profile       json        NOT NULL,            -- as it was sent; jsonb refuses U+0000
    joined_at     timestamptz NOT NULL,
    left_at       timestamptz,
    left_seq      bigint,                          -- position of the event with which they left
    gone_seq      bigint,                          -- position of the last deletion of a resource
    changed_at    timestamptz NOT NULL,
    seq           bigint      NOT NULL,            -- position of the event that they look like
    PRIMARY KEY (tenant, employee),
    CHECK ((standing = 'former') = (left_at IS NOT NULL)),
    CHECK ((left_at IS NULL) = (left_seq IS NULL))
);

-- What the mass-change guard noticed, and what administrators made of it.
CREATE TABLE alerts (
    tenant      text        NOT NULL,
    alert       uuid        NOT NULL,
    raised      json        NOT NULL,              -- the body of the event
    raised_at   timestamptz NOT NULL,
    held        boolean     NOT NULL,              -- whether its people stay Active until decided
    decision    text        CHECK (decision IN ('released', 'reversed')),
    decided_at  timestamptz,
    decided_seq bigint,                            -- position of the decision
    decided_by  text,                              -- who, by id
    reason      text,
    seq         bigint      NOT NULL,              -- position of the event that raised it
    PRIMARY KEY (tenant, alert),
    CHECK ((decision IS NULL) = (decided_seq IS NULL))
);

CREATE TABLE alert_people (
    tenant   text        NOT NULL,
    alert    uuid        NOT NULL,
    employee uuid        NOT NULL,
    added_at timestamptz NOT NULL,
    seq      bigint      NOT NULL,                 -- position of the event that added them: they left with it, or before
    PRIMARY KEY (tenant, alert, employee)
);

CREATE INDEX alert_people_by_employee ON alert_people (tenant, employee, seq);

-- Employees as they count: a leaver who is held is Active still, and so is one whose departure was
-- reversed, until their resource is deleted. Derived from positions, so that nothing has to be
-- undone when somebody decides, or comes back by himself.
CREATE VIEW people WITH (security_invoker = true) AS
SELECT
    e.tenant, e.employee, e.resource, e.resource_gone, e.user_name, e.user_name_key, e.address_given,
    e.external_id, e.display_name, e.display_key, e.search_text, e.profile, e.joined_at,
    CASE WHEN kept.alert IS NULL THEN e.standing ELSE 'active' END AS standing,
    CASE WHEN kept.alert IS NULL THEN e.left_at END AS left_at,
    CASE WHEN kept.decision IS NULL THEN kept.alert END AS held_by,
    CASE WHEN kept.decision IS NULL THEN kept.added_at END AS held_since,
    e.changed_at, e.seq
FROM employees e
LEFT JOIN LATERAL (
    SELECT a.alert, a.decision, p.added_at
    FROM alert_people p
    JOIN alerts a ON a.tenant = p.tenant AND a.alert = p.alert AND a.held
    WHERE e.standing = 'former'
        AND p.tenant = e.tenant AND p.employee = e.employee AND p.seq >= e.left_seq
        AND (a.decision IS NULL
            OR (a.decision = 'reversed' AND NOT coalesce(e.gone_seq > a.decided_seq, false)))
    ORDER BY p.seq DESC
    LIMIT 1
) kept ON true;

CREATE TABLE tenants (
    tenant     text        PRIMARY KEY,
    id         uuid        NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE integrations (
    tenant      text    PRIMARY KEY,
    integration uuid    NOT NULL,
    profile     text    NOT NULL CHECK (profile IN ('workplace', 'benefits')),
    active      boolean NOT NULL
);

CREATE TABLE credentials (
    tenant        text        NOT NULL,
    credential    uuid        NOT NULL,
    purpose       text        NOT NULL CHECK (purpose IN ('secret-token', 'oauth-client', 'api-token')),
    scopes        text[]      NOT NULL,
    source        text,                        -- the one whose bookings an API token is for, if it is for one
    secret_digest bytea       NOT NULL,
    label         text,
    issued_at     timestamptz NOT NULL,
    revoked_at    timestamptz,
    PRIMARY KEY (tenant, credential)
);

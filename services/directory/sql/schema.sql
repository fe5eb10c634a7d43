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
    search_text   text        NOT NULL,            -- all that a search looks at, in lower case
    standing      text        NOT NULL CHECK (standing IN ('active', 'former')),
    profile       json        NOT NULL,            -- as it was sent; jsonb refuses U+0000
    joined_at     timestamptz NOT NULL,
    left_at       timestamptz,
    changed_at    timestamptz NOT NULL,
    seq           bigint      NOT NULL,            -- position of the event that they look like
    PRIMARY KEY (tenant, employee),
    CHECK ((standing = 'former') = (left_at IS NOT NULL))
);

CREATE INDEX employees_in_order ON employees (tenant, display_key, employee);
CREATE INDEX employees_by_user_name ON employees (tenant, user_name_key);
-- An external id may be longer than an entry of an ordered index.
CREATE INDEX employees_by_external_id ON employees USING hash (external_id);

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
    secret_digest bytea       NOT NULL,
    label         text,
    issued_at     timestamptz NOT NULL,
    revoked_at    timestamptz,
    PRIMARY KEY (tenant, credential)
);

CREATE INDEX credentials_by_secret ON credentials (secret_digest);

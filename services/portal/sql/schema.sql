-- Sessions of administrators. No read model: nothing of this is in the log, and whoever loses it signs in again.
CREATE SCHEMA IF NOT EXISTS portal;

CREATE TABLE IF NOT EXISTS portal.sessions (
    session   uuid        PRIMARY KEY,
    secret    bytea       NOT NULL UNIQUE,     -- SHA-256 of what the cookie holds
    browser   text        NOT NULL,            -- in words, as its User-Agent says
    begun_at  timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,
    after_seq bigint      NOT NULL DEFAULT 0,  -- what the pages of the next moments have to have seen
    after_at  timestamptz
);

-- Who is signed in with it: in each tenant one administrator.
CREATE TABLE IF NOT EXISTS portal.session_administrators (
    session       uuid NOT NULL REFERENCES portal.sessions ON DELETE CASCADE,
    tenant        text NOT NULL,
    administrator uuid NOT NULL,
    PRIMARY KEY (session, tenant)
);

-- Since when: each sign-in counts for its tenant alone. NULL: as the session.
ALTER TABLE portal.session_administrators ADD COLUMN IF NOT EXISTS begun_at timestamptz;

-- What came of a form, which the page says to which its answer leads.
CREATE TABLE IF NOT EXISTS portal.notices (
    notice  uuid        PRIMARY KEY,           -- stands in the address of that page
    session uuid        NOT NULL REFERENCES portal.sessions ON DELETE CASCADE,
    done    boolean     NOT NULL,
    text    text        NOT NULL,
    left_at timestamptz NOT NULL
);

-- What was filled in, as a form sends it: the page has it again.
ALTER TABLE portal.notices ADD COLUMN IF NOT EXISTS typed text NOT NULL DEFAULT '';

CREATE INDEX IF NOT EXISTS notices_by_session ON portal.notices (session);

CREATE INDEX IF NOT EXISTS session_administrators_by_administrator
    ON portal.session_administrators (tenant, administrator);

CREATE TABLE teams (
    tenant      text   NOT NULL,
    team        uuid   NOT NULL,
    name        text   NOT NULL,
    name_key    text   COLLATE "C" NOT NULL,   -- its first letters, as lists are sorted
    search_text text   NOT NULL,               -- the beginning of the name, in lower case
    description text,
    external_id text,
    origin      text   NOT NULL CHECK (origin IN ('synced', 'local')),
    seq         bigint NOT NULL,               -- position of the event that it looks like
    PRIMARY KEY (tenant, team)
);

-- Which person a SCIM resource describes, or did: nobody's teams are lost with their resource.
CREATE TABLE resources (
    tenant   text   NOT NULL,
    resource uuid   NOT NULL,
    employee uuid   NOT NULL,
    seq      bigint NOT NULL,                  -- position of the event with which it arrived
    PRIMARY KEY (tenant, resource) INCLUDE (employee)
);

CREATE INDEX resources_by_employee ON resources (tenant, employee, resource);

-- The members of synced groups, as the client named them. A resource that nobody is known by
-- (yet) is kept, and counts from the day it was added once its person arrives.
CREATE TABLE members (
    tenant    text        NOT NULL,
    team      uuid        NOT NULL,
    resource  uuid        NOT NULL,
    since_seq bigint      NOT NULL,            -- position of the event that added it
    since_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant, team, resource)
);

CREATE INDEX members_by_resource ON members (tenant, resource, team);

-- What administrators decided by hand: the last word on each person and team.
CREATE TABLE local_edits (
    tenant   text        NOT NULL,
    employee uuid        NOT NULL,
    team     uuid        NOT NULL,
    edit     text        NOT NULL CHECK (edit IN ('assigned', 'unassigned')),
    seq      bigint      NOT NULL,
    at       timestamptz NOT NULL,
    actor    text        NOT NULL,             -- who decided, by id
    PRIMARY KEY (tenant, employee, team)
);

CREATE TABLE chosen_primaries (
    tenant   text        NOT NULL,
    employee uuid        NOT NULL,
    team     uuid        NOT NULL,
    seq      bigint      NOT NULL,
    at       timestamptz NOT NULL,
    actor    text        NOT NULL,
    PRIMARY KEY (tenant, employee)
);

-- What speaks for or against a person being in a team.
CREATE VIEW claims AS
SELECT r.tenant, r.employee, m.team, 'synced' AS claim, m.since_seq AS seq, m.since_at AS at, NULL AS actor
FROM members m
JOIN resources r ON r.tenant = m.tenant AND r.resource = m.resource
UNION ALL
SELECT tenant, employee, team, edit, seq, at, actor
FROM local_edits;

-- The rule: (synced − unassigned) ∪ assigned, of the teams that there are. A person who is in a
-- team under an old and a new resource is in it once, since the older of the two.
CREATE VIEW effective_memberships AS
SELECT
    c.tenant,
    c.employee,
    c.team,
    CASE WHEN bool_or(c.claim = 'synced') THEN 'synced' ELSE 'local' END AS origin,
    coalesce(min(c.seq) FILTER (WHERE c.claim = 'synced'), min(c.seq)) AS since_seq,
    coalesce(min(c.at) FILTER (WHERE c.claim = 'synced'), min(c.at)) AS since_at,
    CASE WHEN NOT bool_or(c.claim = 'synced') THEN min(c.actor) END AS actor
FROM claims c
JOIN teams t ON t.tenant = c.tenant AND t.team = c.team
GROUP BY c.tenant, c.employee, c.team
HAVING NOT bool_or(c.claim = 'unassigned');

-- The rule: the Primary team is the chosen one while the person is in it, else the synced team
-- they have been in longest, else the local one. The others are Additional.
--
-- The same rule stands in services/roster/src/teams.rs (TenantRoster::teams_of), by which commands
-- are judged. The law the_roster_and_the_tables_derive_the_same_teams_and_the_same_primary in
-- services/teams/tests/it/laws.rs holds the two together.
--
-- Ask it for certain employees, since it looks at all teams of each; to go through a team, begin at
-- effective_memberships.
CREATE VIEW current_memberships AS
SELECT
    m.*,
    CASE row_number() OVER (
        PARTITION BY m.tenant, m.employee
        ORDER BY chosen.team IS NOT NULL DESC, m.origin = 'synced' DESC, m.since_seq, m.team
    ) WHEN 1 THEN 'primary' ELSE 'additional' END AS kind
FROM effective_memberships m
LEFT JOIN chosen_primaries chosen
    ON chosen.tenant = m.tenant AND chosen.employee = m.employee AND chosen.team = m.team;

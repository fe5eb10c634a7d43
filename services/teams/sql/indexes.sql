-- What only readers look up by: not kept while the rows are written for the first time.
CREATE INDEX IF NOT EXISTS teams_in_order ON teams (tenant, name_key, team);
CREATE INDEX IF NOT EXISTS local_edits_by_team ON local_edits (tenant, team);

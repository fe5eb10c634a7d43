-- What only readers look up by: not kept while the rows are written for the first time.
CREATE INDEX IF NOT EXISTS employees_in_order ON employees (tenant, display_key, employee);
CREATE INDEX IF NOT EXISTS employees_by_user_name ON employees (tenant, user_name_key);
-- An external id may be longer than an entry of an ordered index.
CREATE INDEX IF NOT EXISTS employees_by_external_id ON employees USING hash (external_id);
CREATE INDEX IF NOT EXISTS alerts_in_order ON alerts (tenant, seq);
CREATE INDEX IF NOT EXISTS alerts_open ON alerts (tenant, seq) WHERE decision IS NULL;
CREATE INDEX IF NOT EXISTS credentials_by_secret ON credentials (secret_digest);

-- A dead instance on another machine must not hold the lock for hours.
SET tcp_keepalives_idle = 5;
SET tcp_keepalives_interval = 2;
SET tcp_keepalives_count = 3;
-- Longer than any batch takes; making tables anew has no bound. Nobody else writes these rows.
SET statement_timeout = '60s';
SET lock_timeout = '60s';
-- A commit need not wait for the disk. Rows and checkpoint are one transaction: should a crash of
-- Postgres take the last few, it takes the checkpoint back with them, and they are written again.
SET synchronous_commit = off;
-- What this session writes is the projection's own work: the digests of rows are kept (digests.sql).
SET rollcall.writer = 'on';

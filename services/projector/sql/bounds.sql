-- A reader must not wait for ever, and one that is gone must not hold anything.
SET statement_timeout = '10s';
SET lock_timeout = '2s';
SET idle_in_transaction_session_timeout = '60s';
-- By this form a checkpoint of any release is read.
SET bytea_output = 'hex';

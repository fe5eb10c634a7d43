-- The role that reads for one tenant. Where this user may not make it, an administrator can.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rollcall_reader') THEN
        CREATE ROLE rollcall_reader NOLOGIN;
    END IF;
    GRANT rollcall_reader TO CURRENT_USER;
EXCEPTION
    -- Not allowed, or somebody else is making it at this moment.
    WHEN OTHERS THEN NULL;
END $$;

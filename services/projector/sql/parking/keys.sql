SELECT DISTINCT tenant, kind, id FROM parked_keys

DELETE FROM parked WHERE seq = ANY($1)

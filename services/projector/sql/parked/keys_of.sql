SELECT kind, id FROM parked_keys WHERE seq = $1 ORDER BY kind, id LIMIT $2

SELECT seq FROM parked WHERE seq = ANY($1) ORDER BY seq

-- Whether the event is still to be tried: an operator may have taken it back.
SELECT FROM parked
WHERE seq = $1 AND (next_at <= now() OR next_at > now() + interval '3 min')
FOR UPDATE

-- By a resource or a booking an erased event is not found any more: nobody who reads the log without it
-- can tell by which of them it was.
DELETE FROM mentions
USING unnest($1::text[], $2::uuid[], $3::bigint[]) AS erased (tenant, id, seq)
WHERE mentions.id = erased.id AND mentions.tenant = erased.tenant AND mentions.seq = erased.seq

INSERT INTO event_counts AS known (tenant, day, event, count)
SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
ON CONFLICT (tenant, day, event) DO UPDATE SET count = known.count + excluded.count

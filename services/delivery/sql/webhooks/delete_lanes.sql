DELETE FROM delivery.webhook_lanes
USING unnest($1::uuid[], $2::text[]) AS recovered (subscriber, lane)
WHERE webhook_lanes.subscriber = recovered.subscriber AND webhook_lanes.lane = recovered.lane

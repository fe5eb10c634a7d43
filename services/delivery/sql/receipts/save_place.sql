INSERT INTO delivery.receipt_place (feed, position) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET feed = excluded.feed, position = excluded.position
WHERE (receipt_place.feed, receipt_place.position) < (excluded.feed, excluded.position)

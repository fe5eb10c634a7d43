-- Of which feed the positions are that are kept; the row is held until the end of the transaction.
SELECT made_at FROM delivery.webhook_feed FOR UPDATE

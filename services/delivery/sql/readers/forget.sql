-- A subscriber that was removed leaves nothing.
DELETE FROM delivery.readers WHERE subscriber <> ALL ($1)

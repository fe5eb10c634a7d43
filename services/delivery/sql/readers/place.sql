SELECT position FROM delivery.readers WHERE subscriber = $1 AND feed = $2

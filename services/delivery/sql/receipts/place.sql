SELECT feed, position FROM delivery.receipt_place

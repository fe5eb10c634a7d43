SELECT subscriber FROM delivery.webhooks

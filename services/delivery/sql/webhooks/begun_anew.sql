-- Which of these courses have begun anew behind where somebody knows them to have begun.
SELECT subscriber
FROM delivery.webhooks
JOIN unnest($1::uuid[], $2::bigint[]) AS known (course, begun)
    ON known.course = webhooks.subscriber AND known.begun < webhooks.begun

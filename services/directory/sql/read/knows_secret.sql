-- Like that of an API token, a question without a tenant: it tells nothing but that there is such a secret.
SELECT EXISTS (SELECT FROM credentials WHERE secret_digest = $1)

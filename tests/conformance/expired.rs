//! An access token whose hour is over. Nobody waits for one: it is signed with the gateway's own
//! key, as the gateway signs.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

/// An access token of a client, good until this second.
pub(crate) fn token(key: &[u8; 32], client: &str, expires: i64) -> String {
    let client = Uuid::parse_str(client).expect("clients have UUIDs");
    let claims = [client.as_bytes().as_slice(), &expires.to_be_bytes()].concat();
    let signed = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    let signature = signed.chain_update(&claims).finalize().into_bytes();
    let token = BASE64_URL_SAFE_NO_PAD.encode([claims.as_slice(), &signature].concat());
    format!("rca_{token}")
}

#[cfg(test)]
mod tests {
    use crate::tenant::{Headers, Tenant};

    #[tokio::test]
    async fn a_token_is_refused_for_its_expiry_alone() {
        let tenant = Tenant::new().await;
        let key = &crate::gateway::started().key;
        for (expires, status) in [(0, 401), (i64::MAX, 200)] {
            let token = super::token(key, &tenant.credentials["client_id"], expires);
            let bearer = Some(format!("Bearer {token}"));
            let headers = Headers::from([("authorization".to_owned(), bearer)]);
            let answer = tenant.ask("GET", "/Users", &headers, None).await.answered(status);
            let challenge = answer.header("www-authenticate");
            assert_eq!(status == 401, challenge.contains("expired"), "{challenge:?}");
        }
    }
}

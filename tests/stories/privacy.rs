//! Logs tell what happened, never to whom: ids only.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use kit::company::Company;
use kit::entra;
use kit::http::{Answer, http};
use kit::program::verb_with;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody is called "null", as logs say, too: only longer names can tell whose they are.
const TELLING: usize = 6;

/// Whatever identifies somebody: names, addresses, numbers.
async fn personal(company: &Company) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = "employees?limit=500".to_owned();
    loop {
        let page = company.ask(&path).await.answered(200).body;
        for employee in page["employees"].as_array().expect("employees") {
            for name in ["userName", "displayName", "externalId"] {
                found.extend(employee[name].as_str().map(str::to_owned));
            }
        }
        match page["next"].as_str() {
            Some(next) => path = format!("employees?limit=500&after={next}"),
            None => return found,
        }
    }
}

/// What goes wrong is told in words, and those hold what was sent. Returns what must not be told.
async fn mischief(company: &Company) -> Vec<String> {
    let zoe = entra::workplace_user("zoe.zimmer@contoso.example", "Zoe Zimmer", "object of Zoe");
    let user = company.post("Users", &zoe).await.answered(201).id();
    company.post("Users", &zoe).await.refused(409, Some("uniqueness"));
    company.post("Groups", &entra::group("Zimmerleute")).await.answered(201);
    company.post("Groups", &entra::group("Zimmerleute")).await.refused(409, Some("uniqueness"));
    let unsettled = entra::replace("active", "Zimmer or not");
    company.patch(&format!("Users/{user}"), &unsettled).await.refused(400, Some("invalidValue"));
    let found = company.find("Users", r#"userName eq "zoe.zimmer@contoso.example""#).await;
    assert_eq!(found.body["totalResults"], 1);
    let booking = json!({
        "userName": "yan.zimmer@contoso.example", "resource": "Zimmer 7", "title": "Zimmer's feast",
        "startsAt": "2099-01-06T09:00:00Z", "endsAt": "2099-01-06T17:00:00Z",
    });
    let path = "bookings/for-zoe-zimmer";
    company.command(Method::PUT, path, Some(&booking)).await.answered(404);
    let mut booking = booking;
    booking["userName"] = "zoe.zimmer@contoso.example".into();
    company.command(Method::PUT, path, Some(&booking)).await.answered(201);
    company.disable(&user).await;
    let cancel = format!("leavers/{user}/{path}/cancel");
    let reason = json!({ "reason": "Zimmer has gone" });
    company.command(Method::POST, &cancel, Some(&reason)).await.answered(204);
    company.ask("employees?q=Zimmer").await.answered(200);
    company.ask_with("rct_Zimmer", "employees").await.answered(401);
    vec!["Zimmer".to_owned(), "zimmer".to_owned()]
}

/// Requests that come to the wrong place, with what they should not have there.
async fn misdirected(world: &World, company: &Company) {
    let (url, slug) = (world.url(), &company.slug);
    for path in [
        "Users/zoe.zimmer@contoso.example".to_owned(),
        "zimmer".to_owned(),
        "scim/v2/zimmer/Users".to_owned(),
        "scim/v2/Users/zoe.zimmer@contoso.example".to_owned(),
        format!("scim/v2/{slug}/Users/Zoe%20Zimmer"),
        format!("scim/v2/{slug}/Zimmer/x?filter=zimmer"),
        format!("api/v1/{slug}/employees/zoe.zimmer@contoso.example"),
        format!("api/v1/{slug}/teams/Zimmerleute/members"),
        "operator/v1/tenants/zimmer/credentials".to_owned(),
        "oauth/token/zimmer".to_owned(),
    ] {
        for method in [Method::GET, Method::PUT, Method::from_bytes(b"ZIMMER").expect("a method")] {
            let request = http().request(method, format!("{url}/{path}"));
            let answer = Answer::to(request.bearer_auth(&company.secret_token)).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
        }
    }
}

/// An access token of the client that an answer shows.
async fn access_token(client: &Value) -> String {
    let text = |name: &str| client[name].as_str().expect("an issued client").to_owned();
    let asked = http().post(text("token_url"));
    let asked = asked.basic_auth(text("client_id"), Some(text("client_secret")));
    let granted = Answer::to(asked.form(&[("grant_type", "client_credentials")])).await;
    granted.answered(200).body["access_token"].as_str().expect("a token").to_owned()
}

/// The key that signs access tokens, in the forms in which a log could tell it.
async fn signing_key(world: &World) -> Vec<String> {
    let client = async_nats::connect(world.nats.url()).await.expect("NATS is there");
    let jetstream = async_nats::jetstream::new(client);
    let bucket = jetstream.get_key_value("ROLLCALL_KEYS").await.expect("the bucket of keys");
    let key = bucket.get("access-tokens").await.expect("an answer").expect("the key");
    assert_eq!(key.len(), 32);
    let hex = key.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let escaped = format!("{key:?}");
    let list = format!("{:?}", &key[..]);
    vec![
        hex.to_uppercase(),
        hex,
        BASE64_STANDARD_NO_PAD.encode(&key),
        BASE64_URL_SAFE_NO_PAD.encode(&key),
        escaped.trim_start_matches("b\"").trim_end_matches('"').to_owned(),
        list.trim_matches(['[', ']']).to_owned(),
    ]
}

/// Verbs that read and write, with all that they say on standard error.
async fn verbs(world: &World, slug: &str) -> (String, Vec<String>) {
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let environment = [("ROLLCALL_DATA_DIR", data_dir), ("RUST_LOG", "trace")];
    let (mut said, mut secrets) = (String::new(), Vec::new());
    for line in [
        format!("events list --tenant {slug}"),
        "log verify".to_owned(),
        format!("integration list --tenant {slug}"),
        format!("token issue --tenant {slug} --scope all --label Zimmer"),
    ] {
        let done = verb_with(&line, &environment).await.ended(0);
        said.push_str(&done.stderr);
        let shown = done.lines();
        secrets
            .extend(shown.iter().filter_map(|line| Some(line["api_token"].as_str()?.to_owned())));
    }
    (said, secrets)
}

#[tokio::test]
async fn no_log_at_any_level_tells_a_name_an_address_or_a_secret() {
    let world = World::logging("trace").await;
    let mut verbs_said = String::new();
    let (mut secrets, mut people) = (Vec::new(), Vec::new());
    for (slug, mapping, auth) in
        [("contoso", "workplace", "secret-token"), ("fabrikam", "benefits", "client-credentials")]
    {
        let company = world.company(slug, mapping).await;
        let client = world.result(&format!("integration issue-client --tenant {slug}")).await;
        let text = |name: &str| client[name].as_str().expect("a text").to_owned();
        let secret = text("client_secret");
        let target = format!(
            "--scim-base-url {} --secret-token {} --token-url {} --client-id {} --client-secret {}",
            company.scim_base_url,
            company.secret_token,
            text("token_url"),
            text("client_id"),
            secret,
        );
        let manner = format!("--mapping {mapping} --auth {auth}");
        let play = format!("simulate entra --people 30 --groups 4 --cycles 3 {manner} {target}");
        let played = world.result(&play).await;
        assert_eq!(played["differences"], json!([]));
        secrets.extend([company.secret_token.clone(), company.api_token.clone(), secret]);
        secrets.push(access_token(&client).await);
        people.extend(mischief(&company).await);
        misdirected(&world, &company).await;
        let (said, shown) = verbs(&world, slug).await;
        verbs_said.push_str(&said);
        secrets.extend(shown);
        people.extend(personal(&company).await);
    }
    let operator = std::fs::read_to_string(world.data_dir().join("operator-token"));
    secrets.push(operator.expect("the operator token is kept"));
    secrets.extend(signing_key(&world).await);

    people.retain(|name| name.chars().count() >= TELLING);
    assert!(people.len() > 150, "{} names are too few to tell", people.len());
    let said = format!("{}{verbs_said}", world.program.said());
    assert!(said.contains("answered"), "debug logs tell of requests");
    assert!(said.contains("TRACE") || said.contains("DEBUG"), "nothing is logged below info");
    for (kind, words) in [("a secret", &secrets), ("something personal", &people)] {
        for word in words {
            let line = said.lines().find(|line| line.contains(word.as_str()));
            assert_eq!(line, None, "a log line tells {kind}: {word:?}");
        }
    }
}

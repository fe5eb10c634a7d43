//! Extensions of the schema that a tenant declares.

use kit::company::Company;
use kit::entra;
use kit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

const URN: &str = "urn:example:badges:2.0:User";

/// Has an operator declare an extension, and answers with what the verb printed.
async fn declare(world: &World, tenant: &str, extension: &Value) -> Value {
    let file = world.data_dir().join("extension.json");
    std::fs::write(&file, extension.to_string()).expect("write a file");
    world.result(&format!("extension declare --tenant {tenant} --file {}", file.display())).await
}

fn badges() -> Value {
    json!({
        "urn": URN,
        "resourceType": "User",
        "name": "Badges",
        "attributes": [
            { "name": "number", "type": "string", "caseExact": true, "description": "On the badge." },
            { "name": "lost", "type": "boolean" },
            { "name": "doors", "type": "integer" },
            { "name": "validUntil", "type": "dateTime" },
        ],
    })
}

async fn extensions_of_users(company: &Company) -> Vec<String> {
    let user = company.scim("ResourceTypes/User").await.answered(200).body;
    let extensions = user["schemaExtensions"].as_array().expect("users have extensions").clone();
    let urn = |one: &Value| one["schema"].as_str().expect("a URN").to_owned();
    extensions.iter().map(urn).collect()
}

#[tokio::test]
async fn a_declared_extension_is_shown_and_its_values_have_types() {
    let world = World::new().await;
    let (company, other) = (world.contoso().await, world.company("fabrikam", "benefits").await);
    let printed = declare(&world, "contoso", &badges()).await;
    assert_eq!(printed["attributes"][0]["type"], "string");

    let schema = company.scim(&format!("Schemas/{URN}")).await.answered(200).body;
    assert_eq!(schema["attributes"][1]["name"], "lost");
    assert_eq!(schema["attributes"][0]["caseExact"], true);
    let schemas = company.scim("Schemas").await.answered(200);
    assert!(schemas.column("id").contains(&URN.to_owned()), "{}", schemas.text);
    assert!(extensions_of_users(&company).await.contains(&URN.to_owned()));
    // It is nobody else's.
    other.scim(&format!("Schemas/{URN}")).await.refused(404, None);
    assert!(!extensions_of_users(&other).await.contains(&URN.to_owned()));

    let mut ada = entra::workplace_user("ada@x.example", "Ada", "1");
    ada[URN] = json!({ "number": "A7", "lost": "False", "doors": "12" });
    let ada = company.post("Users", &ada).await.answered(201);
    assert_eq!(ada.body[URN], json!({ "number": "A7", "lost": false, "doors": 12 }));
    assert!(ada.body["schemas"].to_string().contains(URN), "{}", ada.text);
    let path = format!("Users/{}", ada.id());
    let lose = entra::replace(&format!("{URN}:lost"), "True");
    assert_eq!(company.patch(&path, &lose).await.answered(200).body[URN]["lost"], true);
    let nonsense = entra::replace(&format!("{URN}:doors"), "many");
    company.patch(&path, &nonsense).await.refused(400, Some("invalidValue"));

    let find = async |filter: &str| {
        company.find("Users", &format!("{URN}:{filter}")).await.body["totalResults"].clone()
    };
    assert_eq!(find(r#"lost eq "True""#).await, 1);
    assert_eq!(find("doors gt 9").await, 1);
    assert_eq!(find(r#"number eq "a7""#).await, 0);
    assert_eq!(find(r#"number eq "A7""#).await, 1);
    // The directory has the value as it is, and nobody asked it to know the extension.
    assert_eq!(company.employee(&ada.id()).await["profile"][URN]["doors"], 12);
}

#[tokio::test]
async fn an_extension_that_is_removed_leaves_what_people_have_of_it() {
    let world = World::new().await;
    let company = world.contoso().await;
    declare(&world, "contoso", &badges()).await;
    let mut ada = entra::workplace_user("ada@x.example", "Ada", "1");
    ada[URN] = json!({ "lost": "True" });
    let path = format!("Users/{}", company.post("Users", &ada).await.answered(201).id());

    let listed = world.verb("extension list --tenant contoso").await.ended(0);
    let listed = listed.listed("extensions");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["urn"], URN);
    world.verb(&format!("extension remove {URN} --tenant contoso")).await.ended(0);
    let listed = world.verb("extension list --tenant contoso").await.ended(0);
    assert!(listed.listed("extensions").is_empty());
    company.scim(&format!("Schemas/{URN}")).await.refused(404, None);

    let shown = company.scim(&path).await.answered(200);
    assert_eq!(shown.body[URN]["lost"], true);
    // What nobody declares is kept as it comes.
    let change = entra::replace(&format!("{URN}:lost"), "False");
    let changed = company.patch(&path, &change).await.answered(200);
    assert_eq!(changed.body[URN]["lost"], "False");
    let facts: Vec<Value> = world.events("contoso").await;
    let told = |fact: &str| facts.iter().filter(|event| event.to_string().contains(fact)).count();
    assert_eq!((told("tenant.extension-declared"), told("tenant.extension-removed")), (1, 1));
}

#[tokio::test]
async fn a_declaration_that_cannot_hold_is_refused_with_what_to_do() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut several = badges();
    several["attributes"][0]["multiValued"] = true.into();
    let mut standard = badges();
    standard["urn"] = "urn:ietf:params:scim:schemas:core:2.0:User".into();
    for (extension, says) in [(several, "one value"), (standard, "a URN of your own")] {
        let file = world.data_dir().join("extension.json");
        std::fs::write(&file, extension.to_string()).expect("write a file");
        let line = format!("extension declare --tenant contoso --file {}", file.display());
        let refused = world.verb(&line).await.ended(2);
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
    let able = company.scim_write(Method::GET, "Schemas", &json!({})).await.answered(200);
    assert!(!able.text.contains("Badges"), "{}", able.text);
}

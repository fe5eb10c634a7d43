//! Pages by cursor (RFC 9865).

use kit::company::Company;
use kit::world::World;
use serde_json::json;

/// Walks a list to its end, and does something after each page.
async fn walk(
    company: &Company,
    path: &str,
    parameters: &[(&str, &str)],
    mut meanwhile: impl AsyncFnMut(usize),
) -> Vec<String> {
    let (mut names, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = [parameters, &[("cursor", cursor.as_str())]].concat();
        let page = company.query(path, &page).await.answered(200);
        assert!(page.body["startIndex"].is_null(), "{}", page.text);
        names.extend(page.column("displayName"));
        pages += 1;
        meanwhile(pages).await;
        match page.body["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return names,
        }
    }
}

#[tokio::test]
async fn a_walk_by_cursor_sees_everybody_once() {
    let world = World::new().await;
    let company = world.contoso().await;
    for name in ["Mia", "Zoe", "Ada", "Bob", "Cyd"] {
        company.hire(name).await;
    }
    company.form("Board", &[]).await;
    let walk = async |path, parameters| walk(&company, path, parameters, async |_| ()).await;

    assert_eq!(walk("Users", &[("count", "2")]).await, ["Mia", "Zoe", "Ada", "Bob", "Cyd"]);
    // A full last page is the last page.
    assert_eq!(walk("Users", &[("count", "5")]).await.len(), 5);
    let sorted = [("count", "2"), ("sortBy", "displayName"), ("sortOrder", "descending")];
    assert_eq!(walk("Users", &sorted).await, ["Zoe", "Mia", "Cyd", "Bob", "Ada"]);
    let filtered = [("count", "1"), ("filter", "displayName gt \"b\"")];
    assert_eq!(walk("Users", &filtered).await, ["Mia", "Zoe", "Bob", "Cyd"]);
    assert_eq!(walk("", &[("count", "4")]).await, ["Mia", "Zoe", "Ada", "Bob", "Cyd", "Board"]);

    let none = company.query("Users", &[("cursor", ""), ("count", "0")]).await.answered(200);
    assert_eq!(none.body["totalResults"], 5);
    let next = none.body["nextCursor"].as_str().expect("a page of none is not the last");
    let search = json!({ "cursor": next, "count": 1 });
    let first = company.post("Users/.search", &search).await.answered(200);
    assert_eq!(first.column("displayName"), ["Mia"]);
}

#[tokio::test]
async fn a_walk_goes_on_where_it_was_though_people_come_and_go() {
    let world = World::new().await;
    let company = world.contoso().await;
    let mut hired = Vec::new();
    for name in ["Ada", "Bob", "Cyd", "Dan", "Eve"] {
        hired.push(company.hire(name).await);
    }
    // The last one of the page that was read goes, and so does one before and one behind it.
    let meanwhile = async |page| {
        if page == 1 {
            for gone in [&hired[1], &hired[0], &hired[3]] {
                company.purge(gone).await;
            }
            company.hire("Fay").await;
        }
    };
    let sorted = [("count", "2"), ("sortBy", "displayName")];
    let seen = walk(&company, "Users", &sorted, meanwhile).await;
    assert_eq!(seen, ["Ada", "Bob", "Cyd", "Eve", "Fay"]);
    let meanwhile = async |page| {
        if page == 1 {
            company.purge(&hired[4]).await;
        }
    };
    let seen = walk(&company, "Users", &[("count", "2")], meanwhile).await;
    assert_eq!(seen, ["Cyd", "Eve", "Fay"]);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_query_only() {
    let world = World::new().await;
    let company = world.contoso().await;
    for name in ["Ada", "Bob"] {
        company.hire(name).await;
    }
    let first = company.query("Users", &[("cursor", ""), ("count", "1")]).await.answered(200);
    let next = first.body["nextCursor"].as_str().expect("there is another page");
    for (path, more) in [
        ("Groups", ("count", "1")),
        ("Users", ("sortBy", "title")),
        ("Users", ("filter", "title pr")),
    ] {
        let elsewhere = company.query(path, &[("cursor", next), more]).await;
        elsewhere.refused(400, Some("invalidCursor"));
    }
    let page = |cursor, count| [("cursor", cursor), ("count", count)];
    company.query("Users", &page("mine", "1")).await.refused(400, Some("invalidCursor"));
    company.query("Users", &page(next, "-1")).await.refused(400, Some("invalidCount"));
    company.query("Users", &page(next, "many")).await.refused(400, Some("invalidCount"));
    let both = [("cursor", ""), ("startIndex", "1")];
    company.query("Users", &both).await.refused(400, Some("invalidValue"));
    let able = company.scim("ServiceProviderConfig").await.answered(200);
    assert_eq!(able.body["pagination"]["cursor"], true);
    assert_eq!(able.body["pagination"]["defaultPaginationMethod"], "index");
}

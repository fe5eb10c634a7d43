//! Signing in to the portal by a link, and sessions.

use kit::visitor::{Seen, Visitor};
use kit::world::World;

async fn world() -> World {
    let world = World::new().await;
    for tenant in ["acme", "globex"] {
        world.verb(&format!("tenant create {tenant}")).await.ended(0);
    }
    world
}

/// A link for a new administrator.
async fn invited(world: &World, line: &str) -> String {
    let invited = world.result(&format!("admin invite {line}")).await;
    invited["sign_in_url"].as_str().expect("a link").to_owned()
}

/// Somebody who has signed in by a link.
async fn signed_in(link: &str) -> Visitor {
    let mut visitor = Visitor::default();
    visitor.send_form(link, &[]).await.answered(200);
    visitor
}

async fn sessions(world: &World, visitor: &mut Visitor) -> Seen {
    visitor.open(&format!("{}/sessions", world.url())).await
}

/// Whether a visitor is signed in.
async fn is_in(world: &World, visitor: &mut Visitor) -> bool {
    sessions(world, visitor).await.url.path() == "/sessions"
}

#[tokio::test]
async fn a_link_signs_in_once_and_looking_at_it_does_not_spend_it() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let mut visitor = Visitor::default();
    for _ in 0..2 {
        let page = visitor.ask(&link).await.answered(200).saying("good once");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert!(!page.headers.contains_key("set-cookie"), "looking signs nobody in");
    }
    let seen = visitor.send_form(&link, &[]).await.answered(200);
    assert!(seen.url.path().starts_with("/t/acme"), "{}", seen.url);
    let again = Visitor::default().send_form(&link, &[]).await.answered(409);
    let _ = again.saying("was used").saying("ask for a new one");
    let looked = Visitor::default().ask(&link).await.answered(409);
    let _ = looked.saying("was used").saying("ask for a new one");
    let unknown = link.replace("rcl_", "rcl_x");
    Visitor::default().send_form(&unknown, &[]).await.answered(404);
}

#[tokio::test]
async fn a_form_of_another_session_or_of_another_site_does_nothing() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let other = invited(&world, "bob@acme.example --tenant acme --role owner").await;
    let (mut ada, mut bob) = (signed_in(&link).await, signed_in(&other).await);
    let sign_out = format!("{}/sign-out", world.url());
    let foreign = sessions(&world, &mut bob).await.csrf();
    for fields in [&[][..], &[("csrf", "")], &[("csrf", foreign.as_str())]] {
        let refused = ada.send_form(&sign_out, fields).await.answered(403);
        let _ = refused.saying("does not belong to this session");
    }
    let own = sessions(&world, &mut ada).await.csrf();
    let secret = ada.cookie(&world.url(), "rollcall").expect("a cookie").to_owned();
    let sent = kit::http::http()
        .post(&sign_out)
        .header("cookie", format!("rollcall={secret}"))
        .header("sec-fetch-site", "cross-site")
        .form(&[("csrf", &own)]);
    kit::http::Answer::to(sent).await.answered(403);
    assert!(is_in(&world, &mut ada).await, "nothing was done");
}

#[tokio::test]
async fn a_session_ends_at_sign_out_and_its_cookie_opens_nothing_any_more() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let mut ada = Visitor::default();
    // Somebody else's cookie, put there before, is not the one of the session.
    ada.set_cookie(&world.url(), "rollcall", "rcb_prepared");
    ada.send_form(&link, &[]).await.answered(200);
    let secret = ada.cookie(&world.url(), "rollcall").expect("a cookie").to_owned();
    assert_ne!(secret, "rcb_prepared");
    let csrf = sessions(&world, &mut ada).await.saying("This one").csrf();
    let out = ada.send_form(&format!("{}/sign-out", world.url()), &[("csrf", &csrf)]).await;
    assert_eq!(out.answered(200).url.path(), "/sign-in");
    assert_eq!(ada.cookie(&world.url(), "rollcall"), None, "the browser has forgotten it");
    ada.set_cookie(&world.url(), "rollcall", &secret);
    assert!(!is_in(&world, &mut ada).await, "a copy opens nothing");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_whose_they_are() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let mut first = signed_in(&link).await;
    let newer = world.result("admin link ada@acme.example --tenant acme").await;
    let mut second = signed_in(newer["sign_in_url"].as_str().expect("a link")).await;
    let seen = sessions(&world, &mut second).await.saying("End all others");
    let (end, csrf) = (format!("{}/sessions/others/end", world.url()), seen.csrf());
    second.send_form(&end, &[("csrf", &csrf)]).await.answered(200).saying("are ended");
    assert!(!is_in(&world, &mut first).await);
    assert!(is_in(&world, &mut second).await);
    let (_, id) = seen.html.split_once("/sessions/").expect("a session to end");
    let id = id.split('/').next().unwrap_or_default();
    let bob = invited(&world, "bob@acme.example --tenant acme --role viewer").await;
    let mut bob = signed_in(&bob).await;
    let csrf = sessions(&world, &mut bob).await.csrf();
    let end = format!("{}/sessions/{id}/end", world.url());
    bob.send_form(&end, &[("csrf", &csrf)]).await.answered(404);
}

#[tokio::test]
async fn one_session_may_reach_several_tenants_and_each_with_the_roles_that_it_has_there() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let other = invited(&world, "ada@acme.example --tenant globex --role viewer").await;
    let mut ada = signed_in(&link).await;
    let before = ada.cookie(&world.url(), "rollcall").map(str::to_owned);
    ada.send_form(&other, &[]).await.answered(200);
    assert_ne!(ada.cookie(&world.url(), "rollcall").map(str::to_owned), before, "a new id");
    let choice = ada.open(&world.url()).await.answered(200);
    let _ = choice.saying("/t/acme").saying("/t/globex");
    let at = |tenant: &str| format!("{}/t/{tenant}/administrators", world.url());
    ada.open(&at("acme")).await.answered(200).saying("ada@acme.example");
    ada.open(&at("globex")).await.answered(403).saying("An owner of globex can change that");
    ada.open(&at("contoso")).await.answered(404);
}

#[tokio::test]
async fn who_signs_in_as_somebody_else_takes_nothing_over_and_pages_of_before_do_nothing() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let other = invited(&world, "ada@acme.example --tenant globex --role owner").await;
    let bob = invited(&world, "bob@acme.example --tenant acme --role owner").await;
    let mut tabs = signed_in(&link).await;
    tabs.send_form(&other, &[]).await.answered(200);
    let secret = tabs.cookie(&world.url(), "rollcall").expect("a cookie").to_owned();
    let csrf = sessions(&world, &mut tabs).await.csrf();
    // The other tab.
    let asks = tabs.ask(&bob).await.answered(200).saying("ada@acme.example").saying("That ends");
    assert!(!asks.html.contains("bob@acme.example"), "{}", asks.html);
    tabs.send_form(&bob, &[]).await.answered(200);
    let at = |path: &str| format!("{}/t/{path}", world.url());
    let _ = tabs.open(&at("acme/administrators")).await.answered(200).saying("bob@acme.example");
    tabs.open(&at("globex")).await.answered(404);
    // The first tab is still open.
    for form in ["acme/administrators/invite", "globex/administrators/invite"] {
        let fields = [("csrf", &*csrf), ("email", "eve@acme.example"), ("role", "owner")];
        let refused = tabs.send_form(&at(form), &fields).await.answered(403);
        let _ = refused.saying("nothing was done").saying("now signed in as bob@acme.example");
    }
    let all = tabs.open(&at("acme/administrators")).await.answered(200);
    assert!(!all.html.contains("eve@acme.example"), "{}", all.html);
    let mut copy = Visitor::default();
    copy.set_cookie(&world.url(), "rollcall", &secret);
    assert!(!is_in(&world, &mut copy).await, "the session of before has ended");
}

#[tokio::test]
async fn who_can_sign_in_as_somebody_at_one_tenant_ends_nothing_of_theirs_at_another() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let other = invited(&world, "ada@acme.example --tenant globex --role viewer").await;
    let mut ada = signed_in(&link).await;
    ada.send_form(&other, &[]).await.answered(200);
    let at = |tenant: &str| format!("{}/t/{tenant}", world.url());
    ada.open(&at("globex")).await.answered(200);
    // An owner of globex can make a link for its administrators, and open it.
    let made = world.result("admin link ada@acme.example --tenant globex").await;
    let mut owner = signed_in(made["sign_in_url"].as_str().expect("a link")).await;
    let csrf = sessions(&world, &mut owner).await.saying("End all others").csrf();
    let end = format!("{}/sessions/others/end", world.url());
    owner.send_form(&end, &[("csrf", &csrf)]).await.answered(200).saying("are ended");
    ada.open(&at("globex")).await.answered(404);
    ada.open(&at("acme")).await.answered(200);
    // Their own session they end altogether.
    let csrf = sessions(&world, &mut ada).await.csrf();
    ada.send_form(&format!("{}/sign-out", world.url()), &[("csrf", &csrf)]).await.answered(200);
    assert!(!is_in(&world, &mut ada).await);
}

#[tokio::test]
async fn a_role_that_is_taken_away_and_an_administrator_who_is_removed_are_gone_at_once() {
    let world = world().await;
    let ada = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let bob = invited(&world, "bob@acme.example --tenant acme --role owner").await;
    let (_, mut bob) = (signed_in(&ada).await, signed_in(&bob).await);
    let administrators = format!("{}/t/acme/administrators", world.url());
    bob.open(&administrators).await.answered(200);
    world.verb("admin roles bob@acme.example --tenant acme --role viewer").await.ended(0);
    bob.open(&administrators).await.answered(403);
    world.verb("admin remove bob@acme.example --tenant acme").await.ended(0);
    bob.open(&administrators).await.answered(404);
}

#[tokio::test]
async fn an_address_without_its_tenant_leads_to_the_choice_and_one_too_large_form_says_so() {
    let world = world().await;
    let link = invited(&world, "ada@acme.example --tenant acme --role owner").await;
    let mut ada = signed_in(&link).await;
    for path in ["t", "t/"] {
        let seen = ada.open(&format!("{}/{path}", world.url())).await.answered(200);
        assert_eq!(seen.url.path(), "/t/acme");
        let stranger = Visitor::default().open(&format!("{}/{path}", world.url())).await;
        assert_eq!(stranger.answered(200).url.path(), "/sign-in");
    }
    let csrf = sessions(&world, &mut ada).await.csrf();
    let fields = [("csrf", &*csrf), ("email", &*"x".repeat(300 << 10))];
    let invite = format!("{}/t/acme/administrators/invite", world.url());
    let refused = ada.send_form(&invite, &fields).await.answered(413);
    let refused = refused.saying("This is too large").saying("nothing was done");
    assert!(!refused.html.contains("cannot be understood"), "{}", refused.html);
}

//! A tenant in which there is something of everything that pages show.

use kit::company::{Company, User};
use kit::entra;
use kit::refusals::refuse;
use kit::tables::connect;
use kit::world::World;
use reqwest::Method;
use serde_json::json;

use crate::portal::book;

const NAMES: [&str; 12] = [
    "Ada Lovelace",
    "Barbara Liskov",
    "Chien-Shiung Wu",
    "Dorothy Vaughan",
    "Edsger Dijkstra",
    "Frances Allen",
    "Grace Hopper",
    "Hedy Lamarr",
    "Ida Rhodes",
    "Jean Bartik",
    "Katherine Johnson",
    "Lynn Conway",
];

/// A tenant, and who in it has which fate.
pub(crate) struct Peopled {
    pub(crate) company: Company,
    /// In several teams, some of them edited here.
    pub(crate) member: User,
    /// Left, with bookings that nobody has decided about.
    pub(crate) leaver: User,
    /// Left, with bookings that are planned to be cancelled, kept and past.
    pub(crate) decided: User,
    /// Said to have left, with too many others at once.
    pub(crate) held: User,
    /// Whose latest event could not be applied.
    pub(crate) parked: User,
    /// A replay that is planned alone, and one that is ready.
    pub(crate) replays: [String; 2],
    /// The receiver of webhooks.
    pub(crate) subscriber: &'static str,
}

/// Lets Entra, booking systems and operators do something of everything.
pub(crate) async fn peopled(world: &mut World) -> Peopled {
    world.expects("an event is parked");
    let company = world.contoso().await;
    let mut people = Vec::new();
    for (nth, name) in NAMES.into_iter().enumerate() {
        let login = name.to_lowercase().replace(' ', ".");
        let login = format!("{login}@contoso.example");
        let user = entra::workplace_user(&login, name, &format!("object {nth}"));
        people.push(company.post("Users", &user).await.answered(201).id());
    }
    let group = company.form("Engineering", &people.iter().take(6).collect::<Vec<_>>()).await;
    company.form("Berlin office", &people.iter().skip(3).collect::<Vec<_>>()).await;
    company.remove(&group, &people[5]).await;
    edit_teams(&company, &people[3]).await;
    subscribe(world).await;
    hold(world, &company, &people[8..12]).await;
    leave(&company, &people[0], &people[1]).await;
    let replays = plan_replays(world).await;
    for role in ["viewer", "team-editor", "operator"] {
        let invite = format!("admin invite {role}@contoso.example --name Mary --role {role}");
        world.result(&format!("{invite} --tenant contoso")).await;
    }
    park(world, &company, &people[7]).await;
    Peopled {
        member: people[3].clone(),
        leaver: people[0].clone(),
        decided: people[1].clone(),
        held: people[11].clone(),
        parked: people[7].clone(),
        replays,
        company,
        subscriber: "crm",
    }
}

/// A team of the tenant's own, in which somebody is besides.
async fn edit_teams(company: &Company, person: &str) {
    let team = json!({ "name": "Choir" });
    let made = company.command(Method::POST, "teams", Some(&team)).await.answered(201);
    let team = made.body["id"].as_str().expect("a team has an id").to_owned();
    let path = format!("employees/{person}/teams/{team}");
    company.command(Method::PUT, &path, None).await.answered(204);
}

/// Applications that want to be told; nobody is where the webhook leads.
async fn subscribe(world: &World) {
    let add = "--tenant contoso --facts employee.*";
    world.result(&format!("subscriber add canteen --door pull {add}")).await;
    let url = "https://crm.contoso.example/rollcall";
    world.result(&format!("subscriber add crm --door webhook --webhook-url {url} {add}")).await;
}

/// Two leave who have booked: nobody has decided about the one, and somebody about the other.
async fn leave(company: &Company, first: &str, second: &str) {
    for (nth, hours) in [30_i64, 200, 900].into_iter().enumerate() {
        book(company, first, &format!("a{nth}"), hours).await;
        book(company, second, &format!("b{nth}"), hours).await;
    }
    book(company, second, "past", -400).await;
    company.disable(first).await;
    company.disable(second).await;
    let later = json!({ "reason": "Has left the company", "undoSeconds": 86_400 });
    let of = format!("leavers/{second}/bookings");
    let cancel = format!("{of}/b0/cancel");
    company.command(Method::POST, &cancel, Some(&later)).await.answered(202);
    let why = json!({ "reason": "the team meets" });
    let keep = format!("{of}/b1/keep");
    company.command(Method::POST, &keep, Some(&why)).await.answered(204);
    let policy = json!({ "kind": "cancel-after", "days": 14 });
    let path = "leaver-policies/parking";
    company.command(Method::PUT, path, Some(&policy)).await.answered(204);
}

/// So many are said to have left at once that they are held; whoever leaves later is not.
async fn hold(world: &World, company: &Company, people: &[User]) {
    let guard = "guard set --tenant contoso --hold on --deactivations 2 --percent 0";
    world.verb(guard).await.ended(0);
    for person in people {
        company.disable(person).await;
    }
    world.verb("guard set --tenant contoso --hold off --deactivations 50").await.ended(0);
}

/// A plan, and then a replay that can be cut over to; their ids.
async fn plan_replays(world: &World) -> [String; 2] {
    let plan = async |read_model: &str| {
        let plan = format!("replay plan {read_model} --tenant contoso --reason rehearsal");
        world.result(&plan).await["plan"].as_str().expect("a plan's id").to_owned()
    };
    let (only_planned, run) = (plan("teams").await, plan("directory").await);
    let job = world.result(&format!("replay run {run} --watch")).await;
    [only_planned, job["job"].as_str().expect("a job's id").to_owned()]
}

/// Somebody whom the directory cannot take in any more.
async fn park(world: &World, company: &Company, person: &str) {
    let client = connect(&world.database_url).await;
    refuse(&client, "directory", person, "23514").await;
    let renamed = entra::replace("displayName", "Hedwig Kiesler");
    company.patch(&format!("Users/{person}"), &renamed).await.answered(200);
}

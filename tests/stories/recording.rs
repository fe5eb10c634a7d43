//! The recording of a replay in the README of `operations` is what the program says.

use std::path::Path;

use kit::program::rollcall;
use kit::world::World;

const README: &str = "../operations/README.md";
const BEGIN: &str = "<!-- recording -->\n```console\n";
const END: &str = "```\n";

/// What a verb says to a person at a terminal.
async fn said(world: &World, arguments: &[&str]) -> String {
    let data_dir = world.data_dir().to_str().expect("a path of ours is text");
    let mut command = rollcall(arguments, &[("ROLLCALL_DATA_DIR", data_dir)]);
    let done = command.output().await.expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "rollcall {arguments:?}: {}", text(&done.stderr));
    text(&done.stdout)
}

/// The id of the plan or job in what was said: the second word of the first line.
fn id(said: &str) -> &str {
    said.split_whitespace().nth(1).expect("an id")
}

#[tokio::test]
async fn the_readme_shows_a_replay_as_it_is() {
    let world = World::new().await;
    let company = world.contoso().await;
    let (ada, bob) = (company.hire("Ada").await, company.hire("Bob").await);
    company.form("Sales", &[&ada, &bob]).await;
    company.ask("teams").await.answered(200);
    let mut recorded = String::new();
    let mut record = async |arguments: &[&str]| {
        let said = said(&world, arguments).await;
        recorded.extend(["$ rollcall ", &arguments.join(" "), "\n", &said, "\n"]);
        said
    };
    let plan = record(&["replay", "plan", "teams", "--reason", "rehearsal"]).await;
    let job = record(&["replay", "run", id(&plan), "--watch"]).await;
    let job = id(&job);
    record(&["replay", "diff", job]).await;
    record(&["replay", "cutover", job, "--confirm", "teams"]).await;
    record(&["replay", "rollback", job, "--reason", "rehearsed"]).await;
    let digits = job.trim_start_matches("r_");
    let recorded = normal(&recorded.replace(digits, "7f3c12ab90"));

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(README);
    let readme = std::fs::read_to_string(&path).expect("read the README");
    let begin = readme.find(BEGIN).expect("the README has a recording") + BEGIN.len();
    let end = begin + readme[begin..].find(END).expect("the recording ends");
    let kept = &readme[begin..end];
    let made = format!("{}\n", recorded.trim_end());
    if kept != made && std::env::var_os("UPDATE").is_some() {
        let whole = [&readme[..begin], &made, &readme[end..]].concat();
        std::fs::write(&path, whole).expect("write the README");
        return;
    }
    assert_eq!(
        kept, made,
        "services/operations/README.md shows something else than the program says; \
         UPDATE=1 cargo test -p rollcall --test stories recording"
    );
}

/// The text with figures that stand for any: times, sizes and rates.
fn normal(text: &str) -> String {
    text.lines().flat_map(|line| [times(&figures(line)), "\n".to_owned()]).collect()
}

/// Rates and sizes.
fn figures(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let is_number = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
    };
    let shown = words.iter().enumerate().map(|(index, word)| {
        let unit = words.get(index + 1).copied().unwrap_or_default().trim_end_matches(',');
        let units = ["B", "kB", "MB"];
        match word.strip_suffix("/s") {
            Some(rate) if is_number(rate) && line.contains("on average") => "9,400/s".to_owned(),
            Some(_) | None if is_number(word) && units.contains(&unit) => "410".to_owned(),
            Some(_) | None if units.contains(&word.trim_end_matches(',')) => {
                word.replace(word.trim_end_matches(','), "kB")
            }
            Some(_) | None => (*word).to_owned(),
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// Times, and how far they are: `2026-03-02 08:20:00Z (3s ago)`.
fn times(line: &str) -> String {
    const LIKE: &str = "0000-00-00 00:00:00Z";
    let is_like = |text: &str| {
        text.len() == LIKE.len()
            && text.bytes().zip(LIKE.bytes()).all(|(is, like)| match like {
                b'0' => is.is_ascii_digit(),
                sign => is == sign,
            })
    };
    let mut shown = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let Some(time) = rest.get(..LIKE.len()).filter(|time| is_like(time)) else {
            shown.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = &rest[time.len()..];
        let end = rest.find(')').map_or(0, |end| end + 1);
        let distance = &rest[..end];
        let (at, distance) = match (distance.contains("ago"), distance.contains('d')) {
            (true, _) => ("2026-03-02 08:20:00Z", " (1s ago)"),
            (false, true) => ("2026-03-05 08:20:00Z", " (in 3d00h)"),
            (false, false) => ("2026-03-02 10:20:00Z", " (in 2h00m)"),
        };
        shown.push_str(at);
        shown.push_str(distance);
        rest = &rest[end..];
    }
    shown
}

#[test]
fn figures_that_differ_from_run_to_run_are_made_equal() {
    let told = " undo by   2026-11-29 21:00:01Z (in 2d23h)";
    assert_eq!(times(told), " undo by   2026-03-05 08:20:00Z (in 3d00h)");
    let told = " started   2026-11-29 21:00:01Z (17s ago) by root";
    assert_eq!(times(told), " started   2026-03-02 08:20:00Z (1s ago) by root");
    let told = " progress  100% 9/9 events, 31/s on average, live lag 0 events";
    let made = " progress  100% 9/9 events, 9,400/s on average, live lag 0 events";
    assert_eq!(figures(told), made);
}

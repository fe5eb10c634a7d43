//! One more member, in groups of different sizes.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use eventlog::ids;
use events::Event;
use uuid::Uuid;

use crate::alone::Alone;
use crate::bare::BareLog;
use crate::company::Company;
use crate::facts;
use crate::load::percentile;
use crate::options::Extent;
use crate::people::{Person, hired};
use crate::table::{heading, line, milliseconds, number, times};
use crate::targets::Targets;

/// Groups of each size: the more there are, the less do they grow while they are measured.
const OF_EACH: usize = 20;

/// Groups with the same number of members.
struct Alike {
    members: usize,
    groups: Vec<Uuid>,
    took: Vec<Duration>,
}

pub(crate) async fn measure(
    dir: &Path,
    extent: &Extent,
    targets: &mut Targets,
) -> anyhow::Result<()> {
    heading("One more member, by the size of the group");
    let largest = extent.members.into_iter().max().context("a size")?;
    let people = hired(largest + extent.additions.div_ceil(OF_EACH));
    let (members, newcomers) = people.split_at(largest);
    let mut sizes = extent.members.map(Alike::of);
    let told = people.iter().map(facts::joined).chain(sizes.iter().flat_map(|it| it.form(members)));
    let alone = Alone::with(told, dir).await?;
    let company = Company::new(&alone.integration, Vec::new());
    let mut connection = alone.target().connect().await?;
    let mut bare_log = BareLog::start(&dir.join("bare")).await?;
    let mut bare = Vec::new();
    for turn in 0..extent.additions {
        for alike in &mut sizes {
            let group = alike.groups[turn % OF_EACH].to_string();
            let ask = company.add_member(&group, &newcomers[turn / OF_EACH]);
            let asked = Instant::now();
            connection.say(ask).await?;
            alike.took.push(asked.elapsed());
        }
        let event = alone.log.last().await?.context("an event in the log")?.read()?;
        bare.push(bare_log.append(&event, 1).await?);
    }
    let [smallest, .., largest] = sizes.each_ref().map(|it| percentile(&it.took, 50));
    for Alike { members, took, .. } in &sizes {
        let p50 = percentile(took, 50);
        line(
            &format!("one more in a group of {}", number(*members)),
            &format!("p50 {}, p99 {}", milliseconds(p50), milliseconds(percentile(took, 99))),
            &format!("a bare append {}", milliseconds(percentile(&bare, 50))),
        );
    }
    let [few, .., many] = extent.members.map(number);
    let what = format!("one more in a group of {many}, p50 to a group of {few}");
    targets.measured(&what, "≤ 1.3 ×", &times(largest, smallest));
    Ok(())
}

impl Alike {
    fn of(members: usize) -> Self {
        let groups = (0..OF_EACH).map(|_| ids::uuid_v7()).collect();
        Self { members, groups, took: Vec::new() }
    }

    /// The events that form these groups and fill them.
    fn form(&self, people: &[Person]) -> impl Iterator<Item = Event> {
        let people = &people[..self.members];
        self.groups.iter().enumerate().flat_map(move |(number, group)| {
            let name = format!("{} of {number}", self.members);
            std::iter::once(facts::group_formed(*group, name))
                .chain(facts::members_added(*group, people))
        })
    }
}

//! What happens in a company between two cycles: people join, move, leave, return, change names.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::directory::{Directory, Group, ObjectId, Person, PersonGenerator};

/// How long a person stays in Entra's recycle bin.
const RECYCLE_BIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Entra looks every 40 minutes and sends nothing when nothing changed, so simulated cycles are far
/// apart: everything of ten days falls between two of them.
const BETWEEN_CYCLES: SignedDuration = SignedDuration::from_hours(10 * 24);

/// Something that happened in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DirectoryChange {
    /// A new person.
    Joined,
    /// From one group to another.
    Moved,
    /// Put into the recycle bin.
    Left,
    /// Taken out of the recycle bin within its 30 days.
    Restored,
    /// Removed from the recycle bin after its 30 days.
    Purged,
    /// Back after the purge, as a new object with the old login name and payroll key.
    Rehired,
    /// Taken out of the scope of provisioning.
    Unassigned,
    /// Put into the scope again.
    Reassigned,
    /// A new login name.
    LoginRenamed,
    /// A new family name.
    NameChanged,
    /// A new mobile number, or none.
    NumberChanged,
    /// A new group.
    GroupFormed,
    /// A new name of a group.
    GroupRenamed,
    /// A new description of a group.
    GroupDescribed,
    /// A group is gone.
    GroupDissolved,
}

/// A company's life, drawn from a seed.
#[derive(Debug)]
pub struct Churn {
    rng: Rng,
    now: Timestamp,
    generator: PersonGenerator,
    /// People who were purged and may be hired again.
    alumni: Vec<Person>,
}

impl Churn {
    /// The life of the company in `directory`, which has taken place up to `start`.
    pub fn new(directory: &Directory, start: Timestamp, seed: u64) -> Self {
        // Not the seed itself: a directory generated from it has used that sequence up.
        let mut rng = Rng::with_seed(seed ^ 0x0011_fe00);
        let generator = PersonGenerator::continuing(directory, rng.u64(..));
        Self { rng, now: start, generator, alumni: Vec::new() }
    }

    /// Lets ten days pass in `directory`; says how often what happened.
    pub fn advance(&mut self, directory: &mut Directory) -> BTreeMap<DirectoryChange, u64> {
        self.now += BETWEEN_CYCLES;
        let mut happened = BTreeMap::new();
        let mut note = |what, times: usize| {
            if times > 0 {
                *happened.entry(what).or_insert(0) += times as u64;
            }
        };
        let few = 1 + directory.people.len() / 100;
        note(DirectoryChange::Rehired, self.rehire(directory));
        note(DirectoryChange::Purged, self.purge(directory));
        note(DirectoryChange::Restored, Self::restore(directory));
        note(DirectoryChange::Reassigned, self.reassign(directory));
        note(DirectoryChange::GroupDissolved, self.dissolve_group(directory));
        note(DirectoryChange::GroupFormed, self.form_group(directory));
        note(DirectoryChange::GroupRenamed, self.rename_group(directory));
        note(DirectoryChange::GroupDescribed, self.describe_group(directory));
        note(DirectoryChange::Joined, self.join(directory, few));
        note(DirectoryChange::Moved, self.shuffle(directory, 2 * few));
        note(DirectoryChange::NameChanged, self.change_names(directory, few));
        note(DirectoryChange::NumberChanged, self.change_numbers(directory, few));
        note(DirectoryChange::LoginRenamed, self.rename_logins(directory, few));
        note(DirectoryChange::Unassigned, self.unassign(directory));
        note(DirectoryChange::Left, self.leave(directory, few + 1));
        happened
    }

    fn rehire(&mut self, directory: &mut Directory) -> usize {
        // Without a payroll key nobody could tell that it is the same person.
        let Some(known) = self.alumni.iter().rposition(|person| person.employee_id.is_some())
        else {
            return 0;
        };
        let person = self.alumni.remove(known);
        let object_id = ObjectId::draw(&mut self.rng);
        let back = Person { object_id, is_soft_deleted: false, deleted_at: None, ..person };
        directory.people.insert(object_id, back);
        if let Some(group) = self.any_group(directory) {
            group.members.insert(object_id);
        }
        1
    }

    fn purge(&mut self, directory: &mut Directory) -> usize {
        let due = |person: &Person| {
            person.deleted_at.is_some_and(|deleted| self.now.duration_since(deleted) >= RECYCLE_BIN)
        };
        let due: Vec<_> =
            directory.people.values().filter(|person| due(person)).map(|p| p.object_id).collect();
        self.alumni.extend(due.iter().filter_map(|person| directory.purge(*person)));
        due.len()
    }

    /// Whoever left last comes back: most restores undo a mistake of yesterday.
    fn restore(directory: &mut Directory) -> usize {
        let left_last = directory.people.values_mut().max_by_key(|person| person.deleted_at);
        match left_last.filter(|person| person.is_soft_deleted) {
            Some(person) => {
                person.is_soft_deleted = false;
                person.deleted_at = None;
                1
            }
            None => 0,
        }
    }

    fn reassign(&mut self, directory: &mut Directory) -> usize {
        let Some(person) = self.anybody(directory, |p| !p.in_scope && !p.is_soft_deleted) else {
            return 0;
        };
        person.in_scope = true;
        1
    }

    fn unassign(&mut self, directory: &mut Directory) -> usize {
        let Some(person) = self.anybody(directory, Person::is_live) else { return 0 };
        person.in_scope = false;
        1
    }

    fn leave(&mut self, directory: &mut Directory, times: usize) -> usize {
        let now = self.now;
        self.each(directory, times, Person::is_live, |_, person| {
            person.is_soft_deleted = true;
            person.deleted_at = Some(now);
        })
    }

    fn join(&mut self, directory: &mut Directory, times: usize) -> usize {
        for _ in 0..times {
            let person = self.generator.generate();
            for _ in 0..self.rng.usize(..3) {
                if let Some(group) = self.any_group(directory) {
                    group.members.insert(person.object_id);
                }
            }
            directory.people.insert(person.object_id, person);
        }
        times
    }

    /// People leave one group for another.
    fn shuffle(&mut self, directory: &mut Directory, times: usize) -> usize {
        let mut moved = 0;
        for _ in 0..times {
            let live =
                |person: &ObjectId| directory.people.get(person).is_some_and(Person::is_live);
            let members: Vec<_> = directory
                .groups
                .values()
                .flat_map(|group| group.members.iter().map(|person| (group.object_id, *person)))
                .filter(|(_, person)| live(person))
                .collect();
            let Some((from, person)) = self.rng.choice(members) else { break };
            let Some(to) = self.any_group(directory).map(|group| {
                group.members.insert(person);
                group.object_id
            }) else {
                break;
            };
            if let Some(left) = directory.groups.get_mut(&from).filter(|_| from != to) {
                left.members.remove(&person);
                moved += 1;
            }
        }
        moved
    }

    fn change_names(&mut self, directory: &mut Directory, times: usize) -> usize {
        self.each(directory, times, Person::is_live, |life, person| {
            let namesake = life.generator.generate();
            person.surname = namesake.surname;
            person.display_name = namesake.display_name;
        })
    }

    fn change_numbers(&mut self, directory: &mut Directory, times: usize) -> usize {
        self.each(directory, times, Person::is_live, |life, person| {
            person.mobile = Some(format!("+1 555 {:07}", life.rng.u32(..10_000_000)));
        })
    }

    fn rename_logins(&mut self, directory: &mut Directory, times: usize) -> usize {
        // Whoever has no payroll key keeps the login name: in the Benefits mapping nothing else would
        // tell a second run that this is the same person.
        let has_key = |person: &Person| person.is_live() && person.employee_id.is_some();
        self.each(directory, times, has_key, |life, person| {
            person.user_principal_name = life.generator.rename(person);
        })
    }

    fn form_group(&mut self, directory: &mut Directory) -> usize {
        if directory.groups.is_empty() {
            return 0;
        }
        let object_id = ObjectId::draw(&mut self.rng);
        let display_name = format!("Project {}", &object_id.to_string()[..8]);
        let live: Vec<_> =
            directory.people.values().filter(|p| p.is_live()).map(|p| p.object_id).collect();
        let members = (0..4).filter_map(|_| self.rng.choice(&live).copied()).collect();
        let group = Group { object_id, display_name, description: None, members };
        directory.groups.insert(object_id, group);
        1
    }

    fn rename_group(&mut self, directory: &mut Directory) -> usize {
        let suffix = self.rng.u32(..);
        let Some(group) = self.any_group(directory) else { return 0 };
        let stem = group.display_name.split(" — ").next().unwrap_or_default();
        group.display_name = format!("{stem} — “{suffix:08x}”");
        1
    }

    fn describe_group(&mut self, directory: &mut Directory) -> usize {
        let day = self.now.strftime("%F").to_string();
        let Some(group) = self.any_group(directory) else { return 0 };
        group.description = Some(format!("As of {day}: \"{}\"", group.display_name));
        1
    }

    fn dissolve_group(&mut self, directory: &mut Directory) -> usize {
        if directory.groups.len() < 3 {
            return 0;
        }
        let Some(group) = self.any_group(directory).map(|group| group.object_id) else { return 0 };
        directory.groups.remove(&group);
        1
    }

    /// Somebody of whom `is` holds.
    fn anybody<'d>(
        &mut self,
        directory: &'d mut Directory,
        is: impl Fn(&Person) -> bool,
    ) -> Option<&'d mut Person> {
        let candidates: Vec<_> =
            directory.people.values_mut().filter(|person| is(person)).collect();
        self.rng.choice(candidates)
    }

    fn any_group<'d>(&mut self, directory: &'d mut Directory) -> Option<&'d mut Group> {
        self.rng.choice(directory.groups.values_mut())
    }

    /// Does something to up to `times` people of whom `is` holds; says how many there were.
    fn each(
        &mut self,
        directory: &mut Directory,
        times: usize,
        is: impl Fn(&Person) -> bool,
        does: impl Fn(&mut Self, &mut Person),
    ) -> usize {
        let candidates: Vec<_> =
            directory.people.values().filter(|p| is(p)).map(|p| p.object_id).collect();
        let chosen = self.rng.choose_multiple(candidates, times);
        for id in &chosen {
            let person = directory.people.get_mut(id).expect("chosen from this directory");
            does(self, person);
        }
        chosen.len()
    }
}

#[cfg(test)]
mod tests;

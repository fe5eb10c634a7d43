//! The generator invents people: ordinary ones, guests, and those whose names break software.

use std::collections::HashSet;

use fastrand::Rng;

use super::names::{DEPARTMENTS, FAMILY, GIVEN, JOB_TITLES};
use super::{Directory, ObjectId, Person};

/// Invents people whose login names and payroll keys nobody had before them.
#[derive(Clone, Debug)]
pub(crate) struct PersonGenerator {
    rng: Rng,
    domain: String,
    /// Login names that were ever in use, in lower case.
    taken: HashSet<String>,
}

impl PersonGenerator {
    /// A generator for a company at `domain` that has nobody yet.
    pub(crate) fn new(seed: u64, domain: &str) -> Self {
        Self { rng: Rng::with_seed(seed), domain: domain.to_owned(), taken: HashSet::new() }
    }

    /// A generator for the company that `directory` shows: same domain, and no name given twice.
    pub(crate) fn continuing(directory: &Directory, seed: u64) -> Self {
        let domain = directory
            .people
            .values()
            .filter(|person| !person.user_principal_name.contains("#EXT#"))
            .find_map(|person| person.user_principal_name.rsplit_once('@'))
            .map_or("contoso.com", |(_, domain)| domain)
            .to_owned();
        let taken = directory.people.values().map(|p| p.user_principal_name.to_lowercase());
        Self { rng: Rng::with_seed(seed), domain: domain.to_lowercase(), taken: taken.collect() }
    }

    /// A new person, in scope, without a manager.
    pub(crate) fn generate(&mut self) -> Person {
        let (given_name, given) = *pick(&mut self.rng, GIVEN);
        let (surname, family) = *pick(&mut self.rng, FAMILY);
        let guest = self.rng.u8(..15) == 0;
        let user_principal_name = self.login(&format!("{given}.{family}"), guest);
        let mail = (!guest && self.rng.u8(..10) > 0).then(|| user_principal_name.to_lowercase());
        let rng = &mut self.rng;
        Person {
            object_id: ObjectId::draw(rng),
            display_name: display_name(rng, given_name, surname),
            given_name: given_name.to_owned(),
            surname: surname.to_owned(),
            mail,
            mobile: (rng.u8(..5) > 0).then(|| mobile(rng)),
            employee_id: (rng.u8(..14) > 0).then(|| payroll_key(rng)),
            department: Some((*pick(rng, DEPARTMENTS)).to_owned()),
            job_title: Some((*pick(rng, JOB_TITLES)).to_owned()),
            manager: None,
            is_soft_deleted: false,
            deleted_at: None,
            in_scope: true,
            user_principal_name,
        }
    }

    /// A login name for somebody who already works here and takes another one.
    pub(crate) fn rename(&mut self, person: &Person) -> String {
        let guest = person.user_principal_name.contains("#EXT#");
        let (_, family) = *pick(&mut self.rng, FAMILY);
        let local = person.user_principal_name.split(['.', '@']).next().unwrap_or("somebody");
        self.login(&format!("{}.{family}", local.to_lowercase()), guest)
    }

    /// A login name never given before, odd wherever a user principal name may be odd.
    fn login(&mut self, wish: &str, guest: bool) -> String {
        let mut local = match self.rng.u8(..40) {
            0 => format!("{wish}+test"),
            1 => format!("{wish}_ext"),
            2 => wish.to_uppercase(),
            3 => format!("{wish}!"),
            4 => format!("_{wish}"),
            5 => format!("{wish}^~"),
            6.. => wish.to_owned(),
        };
        let plain = local.clone();
        for namesake in 2.. {
            let login = if guest {
                format!(
                    "{local}_gmail.com#EXT#@{}",
                    self.domain.replace(".com", ".onmicrosoft.com")
                )
            } else {
                format!("{local}@{}", self.domain)
            };
            if self.taken.insert(login.to_lowercase()) {
                return login;
            }
            local = format!("{plain}{namesake}");
        }
        unreachable!("there is a free number among all numbers")
    }
}

/// A display name; one in four has something in it that a careless program trips over.
fn display_name(rng: &mut Rng, given: &str, family: &str) -> String {
    match rng.u8(..48) {
        0 => format!("{given} \"Ace\" {family}"),
        1 => format!("CONTOSO\\{given} {family}"),
        2 => format!(" {given} {family}"),
        3 => format!("{given}  {family} "),
        4 => format!("{given} {family} 👩‍💻"),
        5 => format!("\u{202b}{given} {family}\u{202c}"),
        6 => format!("{family}, {given} (ext.)"),
        7 => format!("{given}\u{301} {family}"),
        8 => "True".to_owned(),
        9 => "null".to_owned(),
        10 => format!("{given}'; DROP TABLE employees;-- {family}"),
        11 => format!("<b>{given}</b> & {family} %20+"),
        12.. => format!("{given} {family}"),
    }
}

/// A mobile number in one of the ways that people write them.
fn mobile(rng: &mut Rng) -> String {
    let number = rng.u32(100_000..1_000_000);
    match rng.u8(..4) {
        0 => format!("+447700{number}"),
        1 => format!("07700 {number}"),
        2 => format!("+44 (0)7700/{number}"),
        3.. => format!("+44 7700 {number}"),
    }
}

/// A payroll's key: free text, and seldom the same kind of text twice.
fn payroll_key(rng: &mut Rng) -> String {
    let number = rng.u32(..);
    match rng.u8(..12) {
        0 => format!("00{number:010}"),
        1 => format!("payroll/{number:x} ä"),
        2 => format!(" \"{number}\""),
        3.. => format!("EMP-{number:08X}"),
    }
}

/// One of several, by chance.
pub(crate) fn pick<'a, T>(rng: &mut Rng, of: &'a [T]) -> &'a T {
    &of[rng.usize(..of.len())]
}

//! Directories on disk.
//!
//! **JSON** keeps everything: `{"people": [...], "groups": [...]}` with the members of a group as
//! object ids. **CSV** is what an administrator writes by hand: a row for each person, with the
//! column names of Entra's own export (`userPrincipalName`, `displayName`, `givenName`, `surname`,
//! `mail`, `mobile`, `employeeId`, `department`, `jobTitle`), and three of ours: `objectId` (made
//! from the login name where it is empty), `manager` (a login name) and `groups` (names, one a line
//! within the cell). Groups have no description there, and ids made from their names; `isSoftDeleted`
//! and `inScope` say `true` or `false`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Directory, Group, ObjectId, Person};

/// Why a file cannot be read or written as a directory.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum BadDirectory {
    #[error("cannot read or write the directory file {path}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a directory in JSON")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{path} is not a directory in CSV")]
    Csv { path: PathBuf, source: csv::Error },
    #[error("{path} is neither .json nor .csv; give the file one of these endings")]
    UnknownFormat { path: PathBuf },
    #[error("row {row} of {path} names a manager who is in no row; use the login name of one")]
    NoSuchManager { path: PathBuf, row: usize },
    #[error("row {row} of {path} repeats an object id or a login name; each may stand once")]
    Repeated { path: PathBuf, row: usize },
}

impl Directory {
    /// Reads a `.json` or `.csv` file.
    pub fn read(path: &Path) -> Result<Self, BadDirectory> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| BadDirectory::Io { path: path.to_owned(), source })?;
        match Format::of(path)? {
            Format::Json => {
                let document: Document = serde_json::from_str(&text)
                    .map_err(|source| BadDirectory::Json { path: path.to_owned(), source })?;
                Ok(Self::of(document.people, document.groups))
            }
            Format::Csv => from_csv(&text, path),
        }
    }

    /// Writes a `.json` or `.csv` file, in the form that [`Directory::read`] takes.
    pub fn write(&self, path: &Path) -> Result<(), BadDirectory> {
        let text = match Format::of(path)? {
            Format::Json => {
                let document = Document {
                    people: self.people.values().cloned().collect(),
                    groups: self.groups.values().cloned().collect(),
                };
                serde_json::to_string_pretty(&document)
                    .map_err(|source| BadDirectory::Json { path: path.to_owned(), source })?
            }
            Format::Csv => self
                .to_csv()
                .map_err(|source| BadDirectory::Csv { path: path.to_owned(), source })?,
        };
        std::fs::write(path, text)
            .map_err(|source| BadDirectory::Io { path: path.to_owned(), source })
    }

    fn to_csv(&self) -> Result<String, csv::Error> {
        let mut rows = csv::Writer::from_writer(Vec::new());
        for person in self.people.values() {
            let groups: Vec<_> = self
                .groups
                .values()
                .filter(|group| group.members.contains(&person.object_id))
                .map(|group| group.display_name.as_str())
                .collect();
            let manager = person.manager.and_then(|manager| self.people.get(&manager));
            rows.serialize(Row {
                object_id: Some(person.object_id),
                user_principal_name: person.user_principal_name.clone(),
                display_name: person.display_name.clone(),
                given_name: person.given_name.clone(),
                surname: person.surname.clone(),
                mail: person.mail.clone(),
                mobile: person.mobile.clone(),
                employee_id: person.employee_id.clone(),
                department: person.department.clone(),
                job_title: person.job_title.clone(),
                manager: manager.map(|manager| manager.user_principal_name.clone()),
                groups: groups.join("\n"),
                is_soft_deleted: Some(person.is_soft_deleted),
                deleted_at: person.deleted_at,
                in_scope: Some(person.in_scope),
            })?;
        }
        let bytes = rows.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(String::from_utf8(bytes).expect("CSV written from strings is text"))
    }
}

enum Format {
    Json,
    Csv,
}

impl Format {
    fn of(path: &Path) -> Result<Self, BadDirectory> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some(_) | None => Err(BadDirectory::UnknownFormat { path: path.to_owned() }),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Document {
    people: Vec<Person>,
    groups: Vec<Group>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(default)]
    object_id: Option<ObjectId>,
    user_principal_name: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    surname: String,
    #[serde(default)]
    mail: Option<String>,
    #[serde(default)]
    mobile: Option<String>,
    #[serde(default)]
    employee_id: Option<String>,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    job_title: Option<String>,
    #[serde(default)]
    manager: Option<String>,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    is_soft_deleted: Option<bool>,
    #[serde(default)]
    deleted_at: Option<jiff::Timestamp>,
    #[serde(default)]
    in_scope: Option<bool>,
}

impl Row {
    fn object_id(&self) -> ObjectId {
        self.object_id.unwrap_or_else(|| ObjectId::of_text(&self.user_principal_name))
    }
}

fn from_csv(text: &str, path: &Path) -> Result<Directory, BadDirectory> {
    let rows: Vec<Row> = csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|source| BadDirectory::Csv { path: path.to_owned(), source })?;
    let mut ids = HashMap::new();
    let mut seen = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        let fresh = seen.insert(row.object_id());
        if ids.insert(row.user_principal_name.to_lowercase(), row.object_id()).is_some() || !fresh {
            // The header is line 1.
            return Err(BadDirectory::Repeated { path: path.to_owned(), row: index + 2 });
        }
    }
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut people = Vec::with_capacity(rows.len());
    for (index, row) in rows.into_iter().enumerate() {
        let object_id = row.object_id();
        for name in row.groups.split('\n').filter(|name| !name.is_empty()) {
            let group = groups.entry(name.to_owned()).or_insert_with(|| Group {
                object_id: ObjectId::of_text(name),
                display_name: name.to_owned(),
                description: None,
                members: BTreeSet::new(),
            });
            group.members.insert(object_id);
        }
        let manager = match row.manager {
            Some(login) => Some(*ids.get(&login.to_lowercase()).ok_or_else(|| {
                BadDirectory::NoSuchManager { path: path.to_owned(), row: index + 2 }
            })?),
            None => None,
        };
        people.push(Person {
            object_id,
            user_principal_name: row.user_principal_name,
            display_name: row.display_name,
            given_name: row.given_name,
            surname: row.surname,
            mail: row.mail,
            mobile: row.mobile,
            employee_id: row.employee_id,
            department: row.department,
            job_title: row.job_title,
            manager,
            is_soft_deleted: row.is_soft_deleted.unwrap_or(false),
            deleted_at: row.deleted_at,
            in_scope: row.in_scope.unwrap_or(true),
        });
    }
    Ok(Directory::of(people, groups.into_values()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::generate;

    #[test]
    fn json_brings_back_all_that_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("company.json");
        let company = generate(80, 30, 3);
        company.write(&path).unwrap();
        assert_eq!(Directory::read(&path).unwrap(), company);
    }

    #[test]
    fn csv_brings_back_every_person_and_who_is_in_which_group() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("company.csv");
        let company = generate(80, 30, 3);
        company.write(&path).unwrap();
        let read = Directory::read(&path).unwrap();
        assert_eq!(read.people, company.people);
        let membership = |directory: &Directory| -> BTreeMap<String, BTreeSet<ObjectId>> {
            let groups = directory.groups.values().filter(|group| !group.members.is_empty());
            groups.map(|group| (group.display_name.clone(), group.members.clone())).collect()
        };
        assert_eq!(membership(&read), membership(&company));
    }

    #[test]
    fn a_csv_by_hand_needs_no_more_than_login_names() {
        let text = "userPrincipalName,manager,groups\nada@x.com,,Sales\nbob@x.com,ADA@x.com,\"Sales\nR&D\"\n";
        let company = from_csv(text, Path::new("hand.csv")).unwrap();
        let ada = ObjectId::of_text("ada@x.com");
        assert_eq!(company.people[&ObjectId::of_text("bob@x.com")].manager, Some(ada));
        assert!(company.people[&ada].is_live());
        assert_eq!(company.groups[&ObjectId::of_text("Sales")].members.len(), 2);
    }

    #[test]
    fn a_login_name_stands_once() {
        let text = "userPrincipalName\nada@x.com\nADA@x.com\n";
        let refused = from_csv(text, Path::new("hand.csv")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "row 3 of hand.csv repeats an object id or a login name; each may stand once"
        );
    }
}

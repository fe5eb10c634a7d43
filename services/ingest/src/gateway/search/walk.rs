//! Pages of everything, in order of creation.

use events::Seq;
use roster::TenantRoster;
use scim::Key;

use super::page::Page;
use super::question::{Part, Question};

impl Question {
    /// A page of everything in order of creation, found without looking at what is not on it.
    pub(super) fn walk(&self, people: &TenantRoster) -> Page {
        let total = self.asked.iter().map(|asked| asked.count(people)).sum();
        let mut found = Vec::new();
        let count = match &self.part {
            Part::Index(page) => {
                let mut offset = page.offset();
                for asked in &self.asked {
                    found.extend(asked.skipping(people, offset).take(page.count - found.len()));
                    offset = offset.saturating_sub(asked.count(people));
                }
                page.count
            }
            Part::Cursor { after, count, .. } => {
                for asked in &self.asked {
                    let rest = match after {
                        Some(mark) if asked.resource < mark.resource => continue,
                        Some(mark) if asked.resource == mark.resource => {
                            asked.after(people, Seq(mark.created))
                        }
                        Some(_) | None => asked.skipping(people, 0),
                    };
                    // One more than there is room for tells whether there is another page.
                    found.extend(rest.take(count + 1 - found.len()));
                }
                *count
            }
        };
        let more = found.len() > count;
        found.truncate(count);
        let end = found.last().filter(|_| more).map(|last| last.place().mark(Key::Missing));
        Page {
            total,
            places: found.into_iter().map(super::candidates::Found::place).collect(),
            end,
        }
    }
}

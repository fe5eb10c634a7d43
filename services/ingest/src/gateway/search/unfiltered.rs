//! Lists of everything, in order of creation.

use events::Seq;
use roster::TenantRoster;
use scim::SortKey;

use super::matches::Match;
use super::query::{ListQuery, Paging};
use super::result_page::ResultPage;
use crate::gateway::resource::Resource;

/// A page of everything in order of creation, found without looking at what is not on it.
pub(super) fn page_of_everything(query: &ListQuery, roster: &TenantRoster) -> ResultPage {
    let total = query.types.iter().map(|one| one.count(roster)).sum();
    let mut found: Vec<Resource<'_>> = Vec::new();
    let count = match &query.paging {
        Paging::Index(page) => {
            let mut offset = page.offset();
            for one in &query.types {
                found.extend(one.skip(roster, offset).take(page.count - found.len()));
                offset = offset.saturating_sub(one.count(roster));
            }
            page.count
        }
        Paging::Cursor { after, count, .. } => {
            for one in &query.types {
                let rest = match after {
                    Some(position) if one.resource_type < position.resource => continue,
                    Some(position) if one.resource_type == position.resource => {
                        one.after(roster, Seq(position.created))
                    }
                    Some(_) | None => one.skip(roster, 0),
                };
                // One more than fits tells whether there is another page.
                found.extend(rest.take(count + 1 - found.len()));
            }
            *count
        }
    };
    let has_more = found.len() > count;
    found.truncate(count);
    let matches: Vec<Match> = found.into_iter().map(Match::from).collect();
    let last = matches.last().filter(|_| has_more);
    let end = last.map(|last| last.position(SortKey::Missing));
    ResultPage { total, matches, end }
}

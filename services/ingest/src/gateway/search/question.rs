//! What a query asks for.

use events::Digest;
use scim::messages::Page;
use scim::{Filter, Order, ResourceType, Sort};

use super::candidates::Mark;
use super::cursor::Cursor;
use crate::gateway::caller::Caller;
use crate::gateway::failure::Failure;
use crate::gateway::query::{Paging, Query};
use crate::gateway::{groups, users};
use crate::state::Gateway;

/// The most resources on a page, whatever `count` asks for.
pub(in crate::gateway) const MAX: usize = 1000;

/// How many are on a page when nobody asks for a number.
pub(in crate::gateway) const DEFAULT: usize = 100;

/// A query, read.
pub(super) struct Question {
    pub(super) asked: Vec<Asked>,
    pub(super) order: Order,
    pub(super) part: Part,
    pub(super) users: users::View,
    pub(super) groups: groups::View,
}

/// What is asked of the resources of one type.
pub(super) struct Asked {
    pub(super) resource: ResourceType,
    pub(super) filter: Option<Filter>,
    pub(super) sort: Option<Sort>,
}

/// Which part of what is found is on the page.
pub(super) enum Part {
    Index(Page),
    /// A cursor is good for this question and no other.
    Cursor {
        after: Option<Mark>,
        count: usize,
        question: Digest,
    },
}

impl Question {
    pub(super) fn read(
        gateway: &Gateway,
        caller: &Caller,
        query: &Query,
        types: &[ResourceType],
    ) -> Result<Self, Failure> {
        let base_url = || gateway.scim_base_url(&caller.tenant);
        let asked = types.iter().map(|resource| {
            let declared = caller.declared_for(*resource);
            let filter = query.filter(*resource)?.map(|filter| filter.declared(&declared));
            let sort = query.sort(*resource)?.map(|sort| sort.declared(&declared));
            Ok(Asked { resource: *resource, filter, sort })
        });
        let order = query.order()?;
        let part = match query.paging()? {
            Paging::Index(page) => Part::Index(page),
            Paging::Cursor { cursor, count } => {
                let question = fingerprint(caller, query, types, order);
                let after = match cursor {
                    "" => None,
                    text => Cursor::read(text, question)?.after,
                };
                Part::Cursor { after, count, question }
            }
        };
        Ok(Self {
            asked: asked.collect::<Result<_, Failure>>()?,
            order,
            part,
            users: users::View::new(base_url(), query.selection(ResourceType::User)?),
            groups: groups::View::new(base_url(), query.selection(ResourceType::Group)?),
        })
    }

    /// Whether what is asked for, as it was made, is the whole answer.
    pub(super) fn is_plain(&self) -> bool {
        self.asked.iter().all(|asked| asked.filter.is_none() && asked.sort.is_none())
    }

    /// Whether a part of each resource is shown, which costs more than to show all of it.
    pub(super) fn selects(&self) -> bool {
        self.users.selects() || self.groups.selects()
    }
}

/// What makes two questions the same, whichever page of the answer they ask for.
fn fingerprint(caller: &Caller, query: &Query, types: &[ResourceType], order: Order) -> Digest {
    let (filter, sort_by) = (query.filter_text(), query.sort_by());
    let parts = format!("{} {types:?} {order:?} {filter:?} {sort_by:?}", caller.tenant);
    Digest::of(parts.as_bytes())
}

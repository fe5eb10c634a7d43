//! A query, parsed and checked.

use events::Digest;
use scim::messages::Page;
use scim::{Filter, ResourceType, Sort, SortOrder};

use super::cursor::Cursor;
use super::matches::ListPosition;
use crate::gateway::caller::Caller;
use crate::gateway::error::ScimError;
use crate::gateway::hidden_positions::HiddenPositions;
use crate::gateway::query_params::{PageParams, QueryParams};
use crate::gateway::view::View;
use crate::state::Gateway;

/// What is asked of a list.
pub(super) struct ListQuery {
    /// One for each type of resource in the list, in the list's order.
    pub(super) types: Vec<TypeQuery>,
    pub(super) order: SortOrder,
    pub(super) paging: Paging,
    pub(super) users: View,
    pub(super) groups: View,
    pub(super) positions: HiddenPositions,
}

/// What is asked of the resources of one type.
pub(super) struct TypeQuery {
    pub(super) resource_type: ResourceType,
    pub(super) filter: Option<Filter>,
    pub(super) sort: Option<Sort>,
}

/// Which part of the list is the page.
pub(super) enum Paging {
    /// By number.
    Index(Page),
    /// What comes after a position in the list.
    Cursor {
        after: Option<ListPosition>,
        count: usize,
        /// Names the query that the cursor belongs to: it is good for no other.
        fingerprint: Digest,
    },
}

impl ListQuery {
    /// Parses the parameters of a list of these types.
    pub(super) fn parse(
        gateway: &Gateway,
        caller: &Caller,
        params: &QueryParams,
        types: &[ResourceType],
    ) -> Result<Self, ScimError> {
        let type_queries = types.iter().map(|resource_type| {
            let extensions = caller.extensions_of(*resource_type);
            let filter = params.filter(*resource_type)?.map(|it| it.declared(&extensions));
            let sort = params.sort(*resource_type)?.map(|it| it.declared(&extensions));
            Ok(TypeQuery { resource_type: *resource_type, filter, sort })
        });
        let order = params.order()?;
        let positions = HiddenPositions::from(gateway, &caller.tenant);
        let paging = match params.page()? {
            PageParams::Index(page) => Paging::Index(page),
            PageParams::Cursor { cursor, count } => {
                let fingerprint = fingerprint(caller, params, types, order);
                let after = match cursor {
                    "" => None,
                    text => Cursor::read(text, fingerprint, &positions)?.after,
                };
                Paging::Cursor { after, count, fingerprint }
            }
        };
        let base_url = gateway.url.scim(&caller.tenant);
        let view = |resource_type| {
            let selection = params.selection(resource_type)?;
            let positions = positions.clone();
            Ok::<_, ScimError>(View { base_url: base_url.clone(), selection, positions })
        };
        Ok(Self {
            types: type_queries.collect::<Result<_, ScimError>>()?,
            order,
            paging,
            users: view(ResourceType::User)?,
            groups: view(ResourceType::Group)?,
            positions: positions.clone(),
        })
    }

    /// How resources of a type are shown.
    pub(super) fn view(&self, resource_type: ResourceType) -> &View {
        match resource_type {
            ResourceType::User => &self.users,
            ResourceType::Group => &self.groups,
        }
    }

    /// Whether the list has every resource, in order of creation.
    pub(super) fn lists_everything(&self) -> bool {
        self.types.iter().all(|one| one.filter.is_none() && one.sort.is_none())
    }

    /// Whether only a part of each resource is shown, which costs more than to show all of it.
    pub(super) fn is_partial(&self) -> bool {
        self.users.is_partial() || self.groups.is_partial()
    }
}

/// What is the same for all pages of a list, and differs between lists.
fn fingerprint(
    caller: &Caller,
    params: &QueryParams,
    types: &[ResourceType],
    order: SortOrder,
) -> Digest {
    let (filter, sort_by) = (params.filter_text(), params.sort_by());
    let parts = format!("{} {types:?} {order:?} {filter:?} {sort_by:?}", caller.tenant);
    Digest::of(parts.as_bytes())
}

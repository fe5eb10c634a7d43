//! Reading a whole list page by page (RFC 7644 §3.4.2.4).

use std::collections::HashSet;

use serde_json::Value;

use crate::client::{Client, ClientError, ResourceType, id_of};

const SCIM_PAGE_SIZE: u64 = 100;

/// All resources of one type, and whatever was wrong with the pages.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) resources: Vec<Value>,
    pub(super) complaints: Vec<String>,
}

/// Pages through all users or groups.
pub(super) async fn list(
    client: &Client,
    resource_type: ResourceType,
) -> Result<Listing, ClientError> {
    let mut listing = Listing::default();
    let mut seen = HashSet::new();
    let mut total = None;
    loop {
        let start = listing.resources.len() as u64 + 1;
        let page = client.page(resource_type, start, SCIM_PAGE_SIZE).await?;
        if *total.get_or_insert(page.total) != page.total {
            listing.complaints.push(format!(
                "the list of {resource_type:?}s said totalResults {} and then {}",
                total.unwrap_or_default(),
                page.total
            ));
        }
        for resource in &page.resources {
            match id_of(resource) {
                None => {
                    listing.complaints.push(format!("a {resource_type:?} is listed without an id"));
                }
                Some(id) if !seen.insert(id.to_owned()) => {
                    listing.complaints.push(format!("{resource_type:?} {id} is listed twice"));
                }
                Some(_) => {}
            }
        }
        let is_last = page.resources.is_empty();
        listing.resources.extend(page.resources);
        let listed = listing.resources.len() as u64;
        if is_last || listed >= page.total {
            if listed != page.total {
                listing.complaints.push(format!(
                    "the list of {resource_type:?}s says totalResults {} and holds {listed}",
                    page.total
                ));
            }
            return Ok(listing);
        }
    }
}

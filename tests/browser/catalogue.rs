//! The catalogue of what applications are told: a page that anybody may read.

use browsing::{Appearance, View, browse};
use kit::world::World;

use crate::tools::axe;

#[tokio::test]
async fn the_catalogue_of_events_can_be_read_by_everybody() {
    let (world, axe) = tokio::join!(World::new(), axe());
    browse("catalogue", View::default(), async |page| {
        page.goto(&format!("{}/api/v1/contract/catalogue", world.url())).await;
        page.sees("rollcall.employee.joined").await;
        for appearance in Appearance::ALL {
            page.appear(appearance).await;
            let findings = page.audit(&axe).await;
            assert!(findings.is_empty(), "{}: {findings:#?}", appearance.as_str());
        }
    })
    .await;
}

//! How many alerts wait for somebody to decide.

use serde::Deserialize;
use serde_json::Value;
use web::Problem;

use crate::portal::Portal;
use crate::signed::Signed;

/// So many are counted; of more it is said that there are more.
const COUNTED: usize = 50;

/// The alerts about which nobody has decided, whether or not they hold anybody.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct OpenAlerts {
    alerts: Vec<Value>,
    next: Option<String>,
}

impl OpenAlerts {
    pub(crate) async fn of(portal: &Portal, signed: &Signed) -> Result<Self, Problem> {
        let path = format!("/api/v1/{}/alerts?open=true&limit={COUNTED}", signed.tenant);
        portal.apis().get(signed, &path).await
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alerts.is_empty()
    }

    /// Their number, as a figure shows it.
    pub(crate) fn figure(&self) -> String {
        format!("{}{}", self.alerts.len(), if self.next.is_some() { "+" } else { "" })
    }

    /// Their number in a sentence.
    pub(crate) fn wait(&self) -> String {
        match (self.alerts.len(), &self.next) {
            (1, None) => "1 alert waits".to_owned(),
            (count, None) => format!("{count} alerts wait"),
            (count, Some(_)) => format!("{count} or more alerts wait"),
        }
    }
}

//! What axe-core finds wrong with a page for those who cannot see it, or not well.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Page;

/// One rule that a page breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as axe names it.
    pub rule: String,
    /// What it asks.
    pub help: String,
    /// The elements.
    pub elements: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  {}", self.rule, self.help, self.elements.join("\n  "))
    }
}

/// The script of axe-core in a folder of packages.
pub fn axe(packages: &Path) -> PathBuf {
    packages.join("node_modules/axe-core/axe.min.js")
}

impl Page {
    /// Runs axe with the rules of WCAG 2.2 AA and its advice, and returns what it found.
    ///
    /// What `WebDriver` runs is not held to the policy of the page.
    pub async fn audit(&self, axe: &Path) -> Vec<Finding> {
        let axe = std::fs::read_to_string(axe).expect("axe-core was fetched");
        self.web().execute(&axe, Vec::new()).await.expect("axe-core can be loaded");
        let run = r#"
            const done = arguments[0];
            const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
            axe.run(document, { runOnly: tags, resultTypes: ["violations"] })
                .then(found => done(found.violations), error => done(String(error)));
        "#;
        let found = self.web().execute_async(run, Vec::new()).await.expect("axe-core runs");
        let violations = found.as_array().unwrap_or_else(|| panic!("{found}"));
        violations.iter().map(finding).collect()
    }
}

fn finding(violation: &Value) -> Finding {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
    let element =
        |node: &Value| format!("{} ({})", text(&node["html"]), text(&node["failureSummary"]));
    Finding {
        rule: text(&violation["id"]),
        help: text(&violation["help"]),
        elements: nodes.iter().map(element).collect(),
    }
}

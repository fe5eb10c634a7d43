//! Charts of stacked bars, drawn without a script and told as a table, too.

use maud::{Markup, html};

use super::table::table;

/// One bar, of parts that stand on each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    /// What it is about: an hour, a day.
    pub(crate) label: String,
    /// How much of each kind.
    pub(crate) parts: Vec<u64>,
}

/// The drawing's own units.
const WIDTH: u64 = 720;
const HEIGHT: u64 = 120;
/// So wide is a bar at most: one alone is no block.
const WIDEST: u64 = 24;

/// A chart with its caption. `kinds` are what the parts are called; at most three are told apart by
/// colour.
pub(crate) fn bars(caption: &str, kinds: &[&str], all: &[Bar]) -> Markup {
    let sum = |bar: &Bar| bar.parts.iter().sum::<u64>();
    let most = all.iter().map(sum).max().unwrap_or(0);
    if most == 0 {
        return html! {};
    }
    let step = WIDTH / (all.len() as u64).max(1);
    let width = step.saturating_sub(1).clamp(1, WIDEST);
    // One alone stands above its label, which is at the left.
    let inset = if all.len() == 1 { 0 } else { (step - width) / 2 };
    let totals =
        (0..kinds.len()).map(|kind| all.iter().filter_map(|bar| bar.parts.get(kind)).sum::<u64>());
    html! {
        figure.chart {
            figcaption { b { (caption) } @for (kind, (name, total)) in kinds.iter().zip(totals).enumerate() {
                span class={ "key part-" (kind) } { (total) " " (name) }
            } }
            svg.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } width="100%" height=(HEIGHT) preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                @for (place, bar) in all.iter().enumerate() {
                    @for (kind, (top, height)) in stacked(bar, most).into_iter().enumerate() {
                        @if height > 0 {
                            rect class={ "part-" (kind) } x=(place as u64 * step + inset) y=(top) width=(width) height=(height) {}
                        }
                    }
                }
            }
            div.scale aria-hidden="true" {
                span { (all.first().map_or("", |bar| &bar.label)) }
                span { "highest: " (most) }
                @if let [_, .., last] = all { span { (last.label) } }
            }
            details.also {
                summary { "As a table" }
                (table(caption, &[&["When"], kinds].concat(), html! {
                    @for bar in all.iter().filter(|bar| sum(bar) > 0) {
                        tr { td { (bar.label) } @for part in &bar.parts { td.num { (part) } } }
                    }
                }))
            }
        }
    }
}

/// Where each part begins, from the top, and how high it is. What there is of is never invisible.
fn stacked(bar: &Bar, most: u64) -> Vec<(u64, u64)> {
    let mut bottom = HEIGHT;
    let place = |part: &u64| {
        let height = if *part == 0 { 0 } else { (part * HEIGHT / most.max(1)).max(2) };
        bottom = bottom.saturating_sub(height);
        (bottom, height)
    };
    bar.parts.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_on_each_other_and_the_highest_bar_fills_the_height() {
        let bar = |parts: &[u64]| Bar { label: "day".to_owned(), parts: parts.to_vec() };
        assert_eq!(stacked(&bar(&[30, 10]), 40), [(30, 90), (0, 30)]);
        assert_eq!(stacked(&bar(&[0, 1]), 1000), [(120, 0), (118, 2)], "what there is of is seen");
    }

    #[test]
    fn a_chart_is_told_as_a_table_and_of_nothing_there_is_none() {
        let bar =
            |label: &str, parts: &[u64]| Bar { label: label.to_owned(), parts: parts.to_vec() };
        let all = [bar("Monday", &[2, 1]), bar("Tuesday", &[0, 0])];
        let told = bars("Joiners and leavers", &["joined", "left"], &all).into_string();
        assert!(told.contains(">Monday</td>") && !told.contains(">Tuesday</td>"), "{told}");
        assert!(!told.contains("style="), "{told}");
        assert_eq!(bars("Nothing", &["joined"], &all[1..]).into_string(), "");
        let alone = bars("One", &["joined", "left"], &all[..1]).into_string();
        assert!(alone.contains(r#"width="24""#), "{alone}");
        assert_eq!(alone.matches("<span>Monday</span>").count(), 1, "{alone}");
    }
}

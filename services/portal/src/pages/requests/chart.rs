//! A chart of requests by how they ended.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::Markup;
use serde::Deserialize;

use crate::parts::bars::{Bar, bars};
use crate::parts::time::in_words;

/// Of more hours than these it is told by day.
const MOST_HOURS: usize = 48;

/// How many requests each hour had, by how they ended, from the first of which something is known.
#[derive(Debug, Deserialize)]
pub(super) struct Results {
    hours: Vec<Hour>,
}

#[derive(Debug, Deserialize)]
struct Hour {
    begins_at: Timestamp,
    done: u64,
    refused: u64,
    failed: u64,
}

/// By hour in the first two days, then by day.
pub(super) fn chart(results: &Results) -> Markup {
    let kinds = ["done", "refused", "failed"];
    let parts = |hour: &Hour| vec![hour.done, hour.refused, hour.failed];
    if results.hours.len() <= MOST_HOURS {
        let bar = |hour: &Hour| Bar { label: in_words(hour.begins_at), parts: parts(hour) };
        let all: Vec<Bar> = results.hours.iter().map(bar).collect();
        return bars("Requests by result, by hour", &kinds, &all);
    }
    let mut days: Vec<(Date, Vec<u64>)> = Vec::new();
    for hour in &results.hours {
        let date = hour.begins_at.to_zoned(TimeZone::UTC).date();
        match days.last_mut().filter(|(day, _)| *day == date) {
            Some((_, sums)) => {
                sums.iter_mut().zip(parts(hour)).for_each(|(sum, more)| *sum += more);
            }
            None => days.push((date, parts(hour))),
        }
    }
    let bar = |(day, parts): (Date, Vec<u64>)| Bar {
        label: day.strftime("%-d %b %Y").to_string(),
        parts,
    };
    let all: Vec<Bar> = days.into_iter().map(bar).collect();
    bars("Requests by result, by day (UTC)", &kinds, &all)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn hours(count: i64) -> Results {
        let first: Timestamp = "2026-12-01T10:00:00Z".parse().expect("a time");
        let hour = |nth| Hour {
            begins_at: first + SignedDuration::from_hours(nth),
            done: 1,
            refused: 0,
            failed: 0,
        };
        Results { hours: (0..count).map(hour).collect() }
    }

    #[test]
    fn two_days_are_told_by_hour_and_more_by_day_and_each_request_is_counted_once() {
        let told = chart(&hours(48)).0;
        assert!(told.contains("by hour") && told.contains(">1 Dec 2026, 10:00 UTC<"), "{told}");
        let told = chart(&hours(49)).0;
        assert!(told.contains("by day (UTC)") && told.contains("49 done"), "{told}");
        for (day, sum) in [("1 Dec 2026", 14), ("2 Dec 2026", 24), ("3 Dec 2026", 11)] {
            assert!(told.contains(day) && told.contains(&format!(">{sum}</td>")), "{day}: {told}");
        }
        assert_eq!(chart(&hours(0)).0, "");
    }
}

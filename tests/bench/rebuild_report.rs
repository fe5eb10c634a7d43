//! What is said of rebuilds beside live work.

use std::time::Duration;

use crate::job::Switch;
use crate::load::{per_second, percentile};
use crate::past::Past;
use crate::rebuild::{Rebuild, Span};
use crate::table::{line, milliseconds, number, percent, say as say_text};
use crate::targets::Targets;
use crate::traffic::{KINDS, READS, Read, Seen, Took, WRITES};

pub(crate) fn say(
    past: &Past,
    seen: &Seen,
    alone: Span,
    rebuilds: &[Rebuild],
    targets: &mut Targets,
) {
    let writes: Vec<Duration> = within(&seen.writes, alone).collect();
    say_text(&format!(
        "→ {WRITES} writes and {READS} reads a second; without a rebuild a write takes {}",
        both(&writes)
    ));
    let of_kind = |kind| format!("{kind} {}", both(&of_kind(&seen.reads, kind, alone)));
    say_text(&format!("→ and a read of {}", KINDS.map(of_kind).join("; of ")));
    for rebuild in rebuilds {
        of_rebuild(past, seen, alone, rebuild, targets);
    }
    let failed = || seen.reads.iter().filter_map(|read| read.error.as_ref());
    for error in failed().take(3) {
        say_text(&format!("→ a read was not answered: {error}"));
    }
    let errors = format!("{} of {}", number(failed().count()), number(seen.reads.len()));
    targets.measured("reads answered with an error, from the first to the last", "0", &errors);
    let longest = milliseconds(seen.stalls.longest());
    say_text(&format!("→ the machine stood still for up to {longest}"));
}

fn of_rebuild(past: &Past, seen: &Seen, alone: Span, rebuild: &Rebuild, targets: &mut Targets) {
    let Rebuild { model, rows, built, .. } = rebuild;
    let events = past.events();
    let what = format!("{model}, {} events, live work beside", number(events));

    let bare = rebuild.bare.iter().sum::<Duration>() / 2;
    let share = percent(bare.as_secs_f64() / built.took().as_secs_f64());
    let of_reading = percent(past.reading.as_secs_f64() / built.took().as_secs_f64());
    let each = rebuild.bare.map(|took| format!("{:.0}", per_second(*rows, took))).join(" and ");
    line(
        &what,
        &format!(
            "{:.0} events/s, {:.0} rows/s",
            per_second(events, built.took()),
            per_second(*rows, built.took())
        ),
        &format!(
            "its {} row upserts alone {each} rows/s ({share}); reading alone {:.0} events/s ({of_reading})",
            number(*rows),
            per_second(events, past.reading)
        ),
    );
    // Who writes few rows cannot be faster than who only reads.
    let measured = format!("{share} of bare upserts, {of_reading} of reading the log alone");
    targets.measured(&format!("rebuild of {what}"), "≥ 50 %", &measured);

    let lags = seen.lags.iter().filter(|(its, _)| its == model).flat_map(|(_, lags)| lags);
    let lags: Vec<Took> = lags.copied().collect();
    let meanwhile: Vec<Duration> = within(&lags, *built).collect();
    let without: Vec<Duration> = within(&lags, alone).collect();
    let undisturbed: Vec<Took> =
        lags.iter().filter(|(from, took)| !seen.stalls.touch(*from, *took)).copied().collect();
    let undisturbed: Vec<Duration> = within(&undisturbed, *built).collect();
    line(
        "→ lag of the live slot meanwhile",
        &format!("{}, longest {}", both(&meanwhile), longest(&meanwhile)),
        &format!("without a rebuild {}, longest {}", both(&without), longest(&without)),
    );
    let (all, apart) =
        (p99(&meanwhile), format!("{} while the machine did not stand still", p99(&undisturbed)));
    targets.measured(
        &format!("lag of live {model} meanwhile, p99"),
        "≤ 1 s",
        &format!("{all}; {apart}"),
    );

    let size = |bytes: usize| format!("{} MiB", bytes >> 20);
    let [before, quarters @ ..] = rebuild.resident.as_slice() else { return };
    let quarters = quarters.iter().map(|bytes| size(*bytes)).collect::<Vec<_>>().join(", ");
    let memory =
        format!("{}; at each quarter {quarters}; at most {}", size(*before), size(rebuild.peak));
    line("→ memory of its process: before it", &memory, "none");
    targets.measured(&format!("memory of {model}'s process, before and then"), "flat", &memory);

    let reads = reads(&seen.reads, *built);
    let quiet = self::reads(&seen.reads, alone);
    line(
        "→ reads of the API meanwhile",
        &format!("{}, longest {}", both(&reads), longest(&reads)),
        &format!("without a rebuild {}, longest {}", both(&quiet), longest(&quiet)),
    );
    for (name, switch) in [("cut-over", &rebuild.cut_over), ("rollback", &rebuild.roll_back)] {
        let held = self::reads(&seen.reads, Span::from(switch));
        let short = longest(&of_kind(&seen.reads, SHORT, Span::from(switch)));
        let waited = within(&lags, Span::from(switch)).max().unwrap_or_default();
        let Switch { took, .. } = switch;
        line(
            &format!("→ {name}"),
            &format!("longest of {} reads {}; of {SHORT} {short}", held.len(), longest(&held)),
            &format!(
                "without one {}, of {SHORT} {}; answered after {}, the live slot at most {} behind",
                longest(&quiet),
                longest(&of_kind(&seen.reads, SHORT, alone)),
                milliseconds(*took),
                milliseconds(waited)
            ),
        );
        let what = format!("{name} of {model}, the longest read of {SHORT}");
        targets.measured(&what, "≤ 100 ms", &format!("{short}; of any {}", longest(&held)));
    }
}

/// A read that takes next to no time, and so shows for how long it was held.
const SHORT: &str = KINDS[1];

/// Of what was under way in a time, how long it took.
fn within(samples: &[Took], span: Span) -> impl Iterator<Item = Duration> {
    let within = samples.iter().filter(move |(from, took)| span.touches(*from, *took));
    within.map(|(_, took)| *took)
}

fn reads(reads: &[Read], span: Span) -> Vec<Duration> {
    let within = reads.iter().filter(|read| span.touches(read.asked, read.took));
    within.map(|read| read.took).collect()
}

fn of_kind(reads: &[Read], kind: &str, span: Span) -> Vec<Duration> {
    let its = reads.iter().filter(|read| read.kind == kind);
    its.filter(|read| span.touches(read.asked, read.took)).map(|read| read.took).collect()
}

fn both(times: &[Duration]) -> String {
    format!("p50 {}, p99 {}", milliseconds(percentile(times, 50)), p99(times))
}

fn p99(times: &[Duration]) -> String {
    milliseconds(percentile(times, 99))
}

fn longest(times: &[Duration]) -> String {
    times.iter().max().map_or_else(|| "none".to_owned(), |longest| milliseconds(*longest))
}

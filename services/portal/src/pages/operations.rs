//! `/t/{tenant}/operations`: how the machinery is, and what can be done where it is not well.

mod acted_by;
mod alert_facts;
mod dead_letters;
mod hold;
mod hold_facts;
mod holds;
mod journal;
mod journal_words;
mod new_subscriber;
mod open_alerts;
mod outcome;
mod overview;
mod parked;
mod parked_event;
mod place;
mod read_models;
mod receipts;
mod replay;
mod replay_diff;
mod replay_state;
mod replay_undo;
mod replays;
mod sealed;
mod subscriber;
mod subscriber_acts;
mod subscriber_facts;
mod subscriber_replay;
mod subscribers;

pub(crate) use open_alerts::OpenAlerts;

use crate::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    [
        overview::routes(),
        replays::routes(),
        replay::routes(),
        replay_diff::routes(),
        replay_undo::routes(),
        parked::routes(),
        parked_event::routes(),
        holds::routes(),
        hold::routes(),
        subscribers::routes(),
        new_subscriber::routes(),
        subscriber::routes(),
        subscriber_acts::routes(),
        subscriber_replay::routes(),
        dead_letters::routes(),
        receipts::routes(),
        journal::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

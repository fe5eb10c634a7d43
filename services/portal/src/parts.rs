//! The components of pages: functions that make markup of what they are given.

pub(crate) mod actor;
pub(crate) mod also_by;
pub(crate) mod badge;
pub(crate) mod bars;
pub(crate) mod booked;
mod cells;
pub(crate) mod copy;
pub(crate) mod event_words;
pub(crate) mod facts;
pub(crate) mod form;
pub(crate) mod icon;
pub(crate) mod layout;
pub(crate) mod live;
pub(crate) mod page;
pub(crate) mod paging;
pub(crate) mod request_link;
pub(crate) mod role;
pub(crate) mod section;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod timeline;
pub(crate) mod trail;

//! What a course takes up of the feed.

use std::sync::Arc;

use super::under_way::{Happened, Read};
use super::{Loop, STRETCH, UNSAVED};

impl Loop {
    pub(super) fn read(&mut self) {
        let wants_more = self.may_have_more && self.unsaved < UNSAVED;
        let is_complete = self.until.is_some_and(|until| self.dispatcher.lanes().read() >= until)
            || self.subscription.course.is_draining();
        if self.is_reading || is_complete || !wants_more || !self.dispatcher.may_read() {
            return;
        }
        self.is_reading = true;
        self.may_have_more = false;
        let source = Arc::clone(&self.shared.source);
        let tenant = self.subscription.tenant().clone();
        let after = self.dispatcher.lanes().read();
        self.under_way.push(Box::pin(async move {
            Happened::Read(source.read(&tenant, after, STRETCH).await)
        }));
    }

    pub(super) fn took_in(&mut self, read: Read) {
        self.is_reading = false;
        let Ok(stretch) = read else {
            // The reader has said why, and news come when it reads again.
            return;
        };
        self.may_have_more |= stretch.events.len() == STRETCH;
        for (position, item) in stretch.events {
            if !self.dispatcher.may_read() {
                self.may_have_more = true;
                return;
            }
            if self.until.is_some_and(|until| position > until) {
                break;
            }
            let lanes = self.dispatcher.lanes();
            if self.subscription.course.wants(&item) {
                self.unsaved += 1;
                lanes.take_in(position, item.lane.clone(), item);
            } else {
                lanes.pass_to(position);
            }
        }
        self.has_passed = true;
        self.dispatcher.lanes().pass_to(stretch.through);
    }
}

//! Asking the server again and again: one helper for every island that does.
//!
//! One question at a time; none while the page lies behind others, unless what it tells must be heard there; after a failure less and less often,
//! so that a server in trouble is left in peace; at once when somebody looks at the page again; never again when the island is gone.

use std::{rc::Rc, time::Duration};

use leptos::prelude::*;

use crate::browser;

/// However often it failed, a page that somebody looks at asks again within a minute.
const SLOWEST_MS: i64 = 60_000;

/// Keeps the questions of an island in order: one at a time, and after a change the answers to older questions no longer count.
#[derive(Clone, Copy)]
pub(crate) struct Turns {
    begun: StoredValue<u32>,
    ended: StoredValue<u32>,
}

impl Turns {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { begun: StoredValue::new(0), ended: StoredValue::new(0) }
    }

    /// A turn for a poll; none while another is under way, or when the island is gone.
    fn poll(self) -> Option<u32> {
        (self.begun.try_get_value()? == self.ended.try_get_value()?).then(|| self.after_change())
    }

    /// A turn that makes all earlier ones stale.
    pub(crate) fn after_change(self) -> u32 {
        self.begun.update_value(|n| *n += 1);
        self.begun.get_value()
    }

    /// May this turn still change the page?
    pub(crate) fn is_newest(self, turn: u32) -> bool {
        self.begun.try_get_value() == Some(turn)
    }

    /// The turn is over.
    fn end(self, turn: u32) {
        if self.is_newest(turn) {
            self.ended.set_value(turn);
        }
    }
}

/// A question that an island asks again and again.
#[derive(Clone, Copy)]
pub(crate) struct Poll {
    every_ms: i64,
    behind: bool,
    turns: Turns,
    failed: StoredValue<u32>,
    due: StoredValue<i64>,
    /// The last answer did not come.
    pub(crate) trouble: RwSignal<bool>,
}

impl Poll {
    /// Every so many seconds while the page is looked at.
    pub(crate) fn every(seconds: u32) -> Self {
        Self {
            every_ms: i64::from(seconds) * 1_000,
            behind: false,
            turns: Turns::new(),
            failed: StoredValue::new(0),
            due: StoredValue::new(0),
            trouble: RwSignal::new(false),
        }
    }

    /// The same also while the page lies behind others.
    pub(crate) fn also_behind(self) -> Self {
        Self { behind: true, ..self }
    }

    /// Asks from now on: `load` gets a turn, and says with [`Poll::end`] what became of it. In the browser only.
    pub(crate) fn run(self, load: impl Fn(u32) + 'static) {
        let load = Rc::new(load);
        // An effect does not run on the server.
        Effect::new(move |_| {
            let (timed, seen) = (Rc::clone(&load), Rc::clone(&load));
            let timer = set_interval_with_handle(move || self.ask(&*timed), Duration::from_millis(self.every_ms.unsigned_abs())).ok();
            let looked = window_event_listener(leptos::ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| self.ask(&*seen));
            on_cleanup(move || {
                if let Some(timer) = timer {
                    timer.clear();
                }
                looked.remove();
            });
        });
    }

    fn ask(self, load: &impl Fn(u32)) {
        if let Some(turn) = self.turn() {
            load(turn);
        }
    }

    fn turn(self) -> Option<u32> {
        let waits = browser::now() < self.due.try_get_value()?;
        let unseen = !self.behind && document().hidden();
        if waits || unseen { None } else { self.turns.poll() }
    }

    /// A turn after somebody changed something: all earlier ones are stale.
    pub(crate) fn after_change(self) -> u32 {
        self.turns.after_change()
    }

    /// May this turn still change the page?
    pub(crate) fn is_newest(self, turn: u32) -> bool {
        self.turns.is_newest(turn)
    }

    /// The turn is over; `good` when the answer came.
    pub(crate) fn end(self, turn: u32, good: bool) {
        if !self.is_newest(turn) {
            return;
        }
        let failed = if good { 0 } else { self.failed.get_value().saturating_add(1) };
        self.failed.set_value(failed);
        self.trouble.set(!good);
        self.due.set_value(browser::now() + rest(self.every_ms, failed));
        self.turns.end(turn);
    }
}

/// How long nothing is asked after an answer. Half of the rhythm when all is well: the timer's next stroke may come a little early.
fn rest(every_ms: i64, failed: u32) -> i64 {
    match failed {
        0 => every_ms / 2,
        n => (every_ms << n.min(6)).min(SLOWEST_MS.max(every_ms)) - every_ms / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_failures_when_it_rests_then_longer_each_time_and_never_beyond_a_minute() {
        let rests: Vec<i64> = (0..8).map(|failed| rest(5_000, failed)).collect();
        assert_eq!(rests, [2_500, 7_500, 17_500, 37_500, 57_500, 57_500, 57_500, 57_500]);
        assert_eq!(rest(120_000, 9), 60_000, "what is slow anyway gets no faster");
    }
}

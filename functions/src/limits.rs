//! Requests a minute per client, counted in this process: cheap, and enough against a client that runs wild. Routes where
//! guessing pays (logins, codes) count in the table as well, so that many instances count together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use liandian_types::Timestamp;

/// Routes with at most this many a minute also count in the table.
pub const SHARED_FROM: u32 = 30;
/// How many clients are remembered at most; beyond that the minute starts anew.
const CLIENTS: usize = 100_000;

/// Requests of this minute by route and client.
#[derive(Debug, Default)]
struct Minute {
    minute: i64,
    hits: HashMap<(&'static str, String), u32>,
}

/// The counters of this process.
#[derive(Debug, Clone, Default)]
pub struct Limits(Arc<Mutex<Minute>>);

impl Limits {
    /// Counts a request; false from the one on that is over `limit` in this minute.
    #[must_use]
    pub fn allow(&self, what: &'static str, who: &str, limit: u32, now: Timestamp) -> bool {
        let minute = now.0.div_euclid(Timestamp::MINUTE);
        // A poisoned lock means that a thread died while counting: let the request pass.
        let Ok(mut held) = self.0.lock() else { return true };
        if held.minute != minute || held.hits.len() > CLIENTS {
            *held = Minute { minute, hits: HashMap::new() };
        }
        let n = held.hits.entry((what, who.to_owned())).or_insert(0);
        *n += 1;
        *n <= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_limit_when_it_is_reached_then_the_next_is_refused_until_the_minute_is_over() {
        let l = Limits::default();
        let t = Timestamp(0);
        assert!((0..3).all(|_| l.allow("login", "a", 3, t)));
        assert!(!l.allow("login", "a", 3, t));
        assert!(l.allow("login", "b", 3, t));
        assert!(l.allow("other", "a", 3, t));
        assert!(l.allow("login", "a", 3, t.plus(Timestamp::MINUTE)));
    }
}

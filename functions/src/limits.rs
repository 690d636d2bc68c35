//! Limits a minute. Each route counts the requests of a client in its process: cheap, and enough against a client that runs wild. Where guessing
//! or calling pays, the route's row says how much of it is too much, and that is counted in the cell table: all instances count together.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex},
};

use liandian_types::Timestamp;

/// How many a minute the cell table allows to each of these; 0: not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// The member or the member of the staff who calls.
    pub account: u32,
    /// The store of the path, whoever of its staff calls.
    pub store: u32,
    /// The client's address. Thousands of customers may share a carrier's.
    pub address: u32,
    /// Counted before the handler, and taken back when the answer is not wrong: exact however many ask at once, for a write more.
    pub first: bool,
}

impl Counts {
    /// Nothing is counted.
    pub const NONE: Self = Self { account: 0, store: 0, address: 0, first: false };
}

/// The address that counts: of IPv6 the network of 64 bits, all of which one customer has.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{}/64", Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        },
        _ => address.to_owned(),
    }
}

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
    fn given_addresses_when_counted_then_one_customer_has_one_whatever_the_device_says() {
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2::1"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff:1:2:3"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(network(""), "");
    }

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

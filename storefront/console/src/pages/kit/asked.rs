//! What a page was asked for: the part of its address after the `?`, and links that change a part of it and keep the rest.

use crate::text;

/// More than any page of ours asks for: an address that somebody made up does not grow into every link of a page.
const MOST: usize = 20;

/// A page's path with its parameters, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    path: String,
    all: Vec<(String, String)>,
}

impl Asked {
    /// As it stands in the address.
    #[must_use]
    pub fn of(path: impl Into<String>, query: &str) -> Self {
        let pair = |p: &str| {
            let (name, value) = p.split_once('=').unwrap_or((p, ""));
            (text::unpercent(name), text::unpercent(value).trim().to_owned())
        };
        let all = query.split('&').map(pair).filter(|(name, value)| !name.is_empty() && !value.is_empty()).take(MOST).collect();
        Self { path: path.into(), all }
    }

    /// A parameter that is not empty: an empty search field is no search.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// All of them, but for these.
    pub fn except<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(move |(n, _)| !names.contains(n))
    }

    /// An address with these parameters as said, and all others as they are.
    #[must_use]
    pub fn with(&self, said: &[(&str, Option<&str>)]) -> String {
        let names: Vec<&str> = said.iter().map(|(n, _)| *n).collect();
        let kept = self.except(&names);
        let said = said.iter().filter_map(|(n, v)| Some((*n, (*v)?)));
        let mut out = self.path.clone();
        for (i, (name, value)) in kept.chain(said).enumerate() {
            out.push(if i == 0 { '?' } else { '&' });
            out += &text::percent(name);
            out.push('=');
            out += &text::percent(value);
        }
        out
    }

    /// The same as if this had not been asked for.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self { path: self.path.clone(), all: self.all.iter().filter(|(n, _)| n != name).cloned().collect() }
    }

    /// The path alone.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_an_address_when_one_parameter_changes_then_the_others_stay_in_their_order() {
        let asked = Asked::of("/p", "q=%E5%A5%B6+a&location=loc_1&cursor=x&empty=&=y");
        assert_eq!(asked.get("q"), Some("奶 a"));
        assert_eq!((asked.get("empty"), asked.get("none")), (None, None));
        assert_eq!(asked.with(&[("cursor", Some("a b"))]), "/p?q=%E5%A5%B6%20a&location=loc_1&cursor=a%20b");
        assert_eq!(asked.with(&[("cursor", None), ("q", None)]), "/p?location=loc_1");
        assert_eq!(Asked::of("/p", "").with(&[]), "/p");
    }
}

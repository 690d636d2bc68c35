//! Parts of a page that the server renders again: each time only what has changed since the last.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser,
    islands::kit::{Live, poll::Poll},
};

/// With this begins what the server renders for a [`LivePart`]: anything else is a login page, or an error.
pub const MARK: &str = "<!--live-->";

/// Before the name of an element and its HTML.
pub const PIECE: &str = "<!--piece:";

/// Before what is given back as `since` with the next question.
pub const UNTIL: &str = "<!--until:";

/// Behind each of these.
pub const END: &str = "-->";

/// The elements that an answer has, and the moment from which the next one goes on.
fn read(answer: &str) -> (Option<String>, Vec<(&str, &str)>) {
    let mut pieces = answer.split(PIECE);
    let head = pieces.next().unwrap_or_default();
    let until = head.split_once(UNTIL).and_then(|(_, rest)| rest.split_once(END)).map(|(until, _)| until.to_owned());
    (until, pieces.filter_map(|p| p.split_once(END)).collect())
}

/// Tells whether a part of the page is live, and every few seconds shows in their places the elements that `from` answers. While somebody is in one of
/// them with the keyboard it stands still.
#[island]
pub fn LivePart(
    /// Where the elements are read from.
    from: String,
    /// Since when they may have changed.
    since: String,
    /// How often.
    seconds: u32,
) -> impl IntoView {
    let (from, since) = (StoredValue::new(from), StoredValue::new(since));
    let poll = Poll::every(seconds);
    poll.run(move |turn| {
        spawn_local(async move {
            let path = from.with_value(|f| format!("{f}{}since={}", if f.contains('?') { '&' } else { '?' }, since.get_value()));
            let answer = browser::get_part(&path, MARK).await;
            if let Ok(fresh) = &answer {
                let (until, pieces) = read(fresh);
                let mut all = true;
                for (name, html) in pieces {
                    // What is not on the page is not in sight.
                    let Some(there) = document().get_element_by_id(name) else { continue };
                    if there.contains(document().active_element().as_deref()) {
                        all = false;
                    } else {
                        there.set_outer_html(html);
                    }
                }
                // What stood still is told once more.
                if let Some(until) = until.filter(|_| all) {
                    since.set_value(until);
                }
            }
            poll.end(turn, answer.is_ok());
        });
    });
    view! { <div class="board-head"><Live trouble=poll.trouble /></div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_an_answer_when_read_then_its_elements_and_where_the_next_goes_on_are_known() {
        let answer = format!("{MARK}{UNTIL}17{END}{PIECE}a{END}<p id=\"a\">1</p>{PIECE}b{END}<!--x--><b></b>");
        assert_eq!(read(&answer), (Some("17".to_owned()), vec![("a", "<p id=\"a\">1</p>"), ("b", "<!--x--><b></b>")]));
        assert_eq!(read(MARK), (None, vec![]));
    }
}

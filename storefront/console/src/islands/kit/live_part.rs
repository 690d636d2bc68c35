//! A part of a page that the server renders again and again: what is too large to be sent twice, as rows and as their picture.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser,
    islands::kit::{Live, poll::Poll},
};

/// With this begins what the server renders for a [`LivePart`]: anything else is a login page, or an error.
pub const MARK: &str = "<!--live-->";

/// Tells whether a part of the page is live, and every few seconds shows what `from` answers in it. While somebody is in it with the keyboard it
/// stands still.
#[island]
pub fn LivePart(
    /// Where the part is read from.
    from: String,
    /// The `id` of the element that shows it.
    part: String,
    /// How often.
    seconds: u32,
) -> impl IntoView {
    let (from, part, last) = (StoredValue::new(from), StoredValue::new(part), StoredValue::new(String::new()));
    let poll = Poll::every(seconds);
    poll.run(move |turn| {
        spawn_local(async move {
            let answer = browser::get_part(&from.get_value(), MARK).await;
            if let (Ok(fresh), Some(part)) = (&answer, part.with_value(|id| document().get_element_by_id(id)))
                && last.with_value(|l| l != fresh)
                && !part.contains(document().active_element().as_deref())
            {
                part.set_inner_html(fresh);
                last.set_value(fresh.clone());
            }
            poll.end(turn, answer.is_ok());
        });
    });
    view! { <div class="board-head"><Live trouble=poll.trouble /></div> }
}

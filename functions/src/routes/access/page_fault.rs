//! A page tells that its program has stopped.

use liandian_types::api::PageFault;

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// The longest text of which a line of the log is made.
const LONGEST: usize = 120;

/// Writes one line. What could be a person's words is not in it: only what looks like a path, a place in our sources, a version.
///
/// # Errors
/// `bad_request` for a body that is none.
pub async fn handle(_app: App, call: Call) -> Result<Reply, Failure> {
    let fault: PageFault = call.json()?;
    tracing::error!(page = page(&fault.page), at = plain(&fault.at), version = plain(&fault.version), "a page's program has stopped");
    Ok(Reply::empty())
}

/// A page's path as it may stand in a log: a one-time link is a secret for as long as it works.
fn page(path: &str) -> &str {
    const LINK: &str = "/console/invite";
    if path.starts_with(LINK) { LINK } else { plain(path) }
}

/// The text, if it is of plain letters and short.
fn plain(text: &str) -> &str {
    let fits = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_.:-".contains(&b));
    if fits && !digits_in_a_row(text) { text } else { "?" }
}

/// Ten digits and no letter between them may be somebody's number.
fn digits_in_a_row(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word.len() >= 10 && word.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_what_a_page_tells_when_it_is_written_down_then_nothing_that_may_be_a_persons_is() {
        for fine in ["/console/s/sto_sh01/stock", "islands/picker.rs:71:9", "20261128.3", "/console/s/sto_sh01/orders/ord_01JD7Z2J3V"] {
            assert_eq!(plain(fine), fine);
        }
        assert_eq!(page("/console/invite/01JD8ZC4V5W6X7Y8Z9A0B1C2D3.0a1b2c"), "/console/invite");
        for not in ["/console/s/x?q=欧阳", "a b", "13987650123", "/orders/13987650123/x", &"a".repeat(121)] {
            assert_eq!(plain(not), "?", "{not}");
        }
    }
}

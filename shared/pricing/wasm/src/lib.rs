//! The engine behind five exports, for proofs: `cargo xtask bench prices` compiles it to WASM as the shop's modules are, and compares what it answers
//! with what the same carts cost natively. No product code calls it.
//!
//! The host asks for room, writes a [`Question`] as JSON there, lets it be read, priced and answered, and reads the answer: each by itself, so that
//! what pricing costs can be told from what reading costs.

use std::cell::RefCell;

use liandian_pricing::{Answer, Question, price};

thread_local! {
    static TEXT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static QUESTION: RefCell<Option<Question>> = const { RefCell::new(None) };
    static ANSWER: RefCell<Option<Answer>> = const { RefCell::new(None) };
}

/// Room for so many bytes; the answer is where it is.
#[unsafe(no_mangle)]
pub extern "C" fn liandian_room(bytes: u32) -> u32 {
    TEXT.with_borrow_mut(|text| {
        text.clear();
        text.resize(usize::try_from(bytes).unwrap_or(0), 0);
        place(text)
    })
}

/// Reads the question that was written there. 1: it is one.
#[unsafe(no_mangle)]
pub extern "C" fn liandian_read() -> u32 {
    let question: Option<Question> = TEXT.with_borrow(|text| serde_json::from_slice(text).ok());
    let is_one = u32::from(question.is_some());
    QUESTION.set(question);
    is_one
}

/// Prices it. 1: it has a price.
#[unsafe(no_mangle)]
pub extern "C" fn liandian_price() -> u32 {
    let answer = QUESTION.with_borrow(|q| q.as_ref().and_then(|q| price(&q.cart()).ok()));
    let has_one = u32::from(answer.is_some());
    ANSWER.set(answer);
    has_one
}

/// Writes the answer as JSON; how many bytes it has.
#[unsafe(no_mangle)]
pub extern "C" fn liandian_tell() -> u32 {
    let told = ANSWER.with_borrow(|a| serde_json::to_vec(a).unwrap_or_default());
    let bytes = u32::try_from(told.len()).unwrap_or(0);
    TEXT.set(told);
    bytes
}

/// Where it is.
#[unsafe(no_mangle)]
pub extern "C" fn liandian_told() -> u32 {
    TEXT.with_borrow_mut(|text| place(text))
}

fn place(text: &mut [u8]) -> u32 {
    u32::try_from(text.as_mut_ptr().expose_provenance()).unwrap_or(0)
}

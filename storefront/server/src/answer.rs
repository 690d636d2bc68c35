//! What a page gets from a view: its data, or the refusal to show instead.

use liandian_functions::http::Failure;
use liandian_types::{Code, Problem};

/// What a page gets: its data, or the refusal to show instead.
pub type Answer<T> = Result<T, Problem>;

/// A cause is for the log; a page shows the problem.
pub(crate) fn told(f: Failure) -> Problem {
    if !matches!(f, Failure::Problem(_)) {
        tracing::error!(error = %f, "a page could not be read");
    }
    f.problem()
}

/// What was read.
pub(crate) fn read<T>(value: Result<T, impl Into<Failure>>) -> Answer<T> {
    value.map_err(|e| told(e.into()))
}

/// What was read and must be there.
pub(crate) fn found<T>(value: Result<Option<T>, impl Into<Failure>>, what: &str) -> Answer<T> {
    read(value)?.ok_or_else(|| Failure::not_found(what).problem())
}

/// What a page lists, or, for what cannot be asked for, nothing and the sentence that says why: a filter with a slip in it is no reason to take the
/// filter away.
pub(crate) fn listed<T>(answer: Answer<T>, nothing: T) -> Answer<(T, Option<String>)> {
    match answer {
        Ok(list) => Ok((list, None)),
        Err(p) if p.code == Code::BadRequest => Ok((nothing, Some(p.detail))),
        Err(p) => Err(p),
    }
}

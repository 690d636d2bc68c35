//! What HQ decides.

use leptos::prelude::*;
use liandian_types::{Permission, api::ChainPolicies};

use super::{Frame, Module, page};
use crate::islands::PolicyForm;

/// What HQ decides for the whole chain.
#[must_use]
pub fn rules(frame: &Frame<'_>, policies: ChainPolicies) -> String {
    let sets = frame.may(Permission::PolicyWrite);
    page(frame, Module::Office, "规则", || {
        view! {
            <h1>"规则"</h1>
            <p class="sub">"对所有门店生效。"</p>
            <PolicyForm policies=policies sets=sets />
        }
    })
}

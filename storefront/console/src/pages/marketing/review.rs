//! Campaigns that wait for HQ: what they are, and what is another than when they were sent back.

use std::collections::BTreeMap;

use leptos::prelude::*;
use liandian_types::{
    CampaignState,
    api::{CampaignChange, CampaignSample, CampaignView},
};

use super::{terms, title};
use crate::{
    islands::CampaignReviewDesk,
    pages::{Frame, Module, Section, page, waiting},
    text,
};

/// A field before and after.
type Side = (String, (String, String));

/// What was changed since HQ sent it back: each field with what HQ saw then, and what it is now. `None` when it was not sent back.
fn since_rejection(history: &[CampaignChange]) -> Option<Vec<Side>> {
    let mut changed: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for c in history {
        let state = c.fields.iter().find(|f| f.field == "state");
        if state.is_some_and(|s| s.old == CampaignState::Review.title() && s.new == CampaignState::Draft.title()) {
            return Some(changed.into_iter().map(|(field, values)| (field.to_owned(), values)).collect());
        }
        for f in c.fields.iter().filter(|f| f.field != "state") {
            // The newest change comes first: it says what is, and each older one what was.
            changed.entry(f.field.as_str()).and_modify(|v| v.0.clone_from(&f.old)).or_insert_with(|| (f.old.clone(), f.new.clone()));
        }
    }
    None
}

fn card(v: CampaignView) -> AnyView {
    let CampaignView { card, draft, warnings, history, names, samples, .. } = v;
    let value = format!("{} {} {}", card.campaign, draft.version, card.title);
    let label = format!("选择 {}", card.title);
    let href = format!("/console/hq/campaigns/{}", card.campaign);
    let submitted = history.first().map(|h| format!(" · {} 于 {} 提交", h.by_name.clone().unwrap_or_else(|| h.by.to_string()), h.at_text));
    let fields = terms(&draft, &names).into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
    let again = since_rejection(&history).map(|changed| {
        let none = changed.is_empty();
        let rows = changed
            .into_iter()
            .map(|(field, (old, new))| {
                view! {
                    <div class="actions values">
                        <div><small>{title(&field).to_owned()}</small></div>
                        <div><small>"退回前"</small><b>{old}</b></div>
                        <div><small>"现在"</small><b>{new}</b></div>
                    </div>
                }
            })
            .collect_view();
        view! {
            <p class="sub">{if none { "退回后没有修改，重新提交。" } else { "退回后的修改：" }}</p>
            {rows}
        }
    });
    let goods = (!samples.is_empty()).then(|| {
        let row = |s: CampaignSample| {
            let name = if s.units > 1 { format!("{} × {}", s.name, s.units) } else { s.name };
            let floor = if s.with <= s.floor { format!("{} 已到底价", text::yuan(s.floor)) } else { text::yuan(s.floor) };
            view! {
                <tr>
                    <td class="what">{name}</td>
                    <td class="num">{text::yuan(s.list)}</td>
                    <td class="num">{text::yuan(s.with)}</td>
                    <td class="num">{floor}</td>
                </tr>
            }
        };
        let rows = samples.into_iter().map(row).collect_view();
        let label = format!("{} 的商品价格", card.title);
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label=label>
                <table class="stock">
                    <thead><tr><th>"商品（总部价）"</th><th class="num">"原价"</th><th class="num">"活动价"</th><th class="num">"最低售价"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    let warn =
        (!warnings.is_empty()).then(|| view! { <ul class="claim-lines">{warnings.into_iter().map(|w| view! { <li>{w}</li> }).collect_view()}</ul> });
    view! {
        <li class="card">
            <p class="claim-head"><input type="checkbox" class="tick review-tick" value=value aria-label=label />" "<a href=href>{card.title}</a></p>
            <p class="sub">{format!("{}{}", card.owner_name, submitted.unwrap_or_default())}</p>
            <div class="actions values">
                <div><small>"内容"</small><b>{card.what}</b></div>
                <div><small>"时间"</small><b>{card.when}</b></div>
            </div>
            {again}
            {goods}
            <details><summary>"全部条件"</summary><dl class="sums">{fields}</dl></details>
            {warn}
        </li>
    }
    .into_any()
}

/// Campaigns that wait for a decision.
#[must_use]
pub fn review(frame: &Frame<'_>, waits: Vec<CampaignView>) -> String {
    let frame = frame.within(Section::CampaignReview);
    page(&frame, Module::Campaigns, "活动审核", || {
        let many = waits.len();
        let some = many > 0;
        let cards = waits.into_iter().map(card).collect_view();
        view! {
            {waiting("campaigns", many)}
            <p class="crumbs"><a href="/console/hq/campaigns">"‹ 活动"</a></p>
            <h1>"活动审核"</h1>
            <p class="empty" hidden=some>"没有等待审核的活动。"</p>
            {some.then(|| view! { <CampaignReviewDesk /> })}
            <ul class="cards claims">{cards}</ul>
        }
    })
}

#[cfg(test)]
mod tests {
    use liandian_types::{Timestamp, api::ChangedField};

    use super::*;

    fn change(fields: &[(&str, &str, &str)]) -> CampaignChange {
        let field = |(field, old, new): &(&str, &str, &str)| ChangedField { field: (*field).into(), old: (*old).into(), new: (*new).into() };
        CampaignChange {
            at: Timestamp(0),
            at_text: String::new(),
            by: "stf_1".parse().unwrap(),
            by_name: None,
            fields: fields.iter().map(field).collect(),
        }
    }

    #[test]
    fn given_a_history_when_it_was_sent_back_then_what_hq_saw_stands_beside_what_is_and_older_changes_do_not() {
        let submit = || change(&[("state", "草稿", "待审核")]);
        let sent_back = change(&[("state", "待审核", "草稿")]);
        let history = [
            submit(),
            change(&[("title", "八折", "八五折"), ("priority", "0", "1")]),
            change(&[("title", "七折", "八折")]),
            sent_back,
            submit(),
            change(&[("title", "", "七折")]),
        ];
        let told = since_rejection(&history).unwrap();
        let told: Vec<(&str, &str, &str)> = told.iter().map(|(f, (old, new))| (f.as_str(), old.as_str(), new.as_str())).collect();
        assert_eq!(told, [("priority", "0", "1"), ("title", "七折", "八五折")]);
        assert_eq!(since_rejection(&history[4..]), None, "it was never sent back");
    }
}

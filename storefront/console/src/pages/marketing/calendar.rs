//! A month of campaigns.

use leptos::prelude::*;
use liandian_types::api::{CampaignCalendar, CampaignDate, CampaignEntry, StoreRow};

use super::base_of;
use crate::pages::{Frame, Module, Section, page};

/// Campaigns of a day that are in sight; the others are folded away.
const IN_SIGHT: usize = 4;

/// One campaign on a day; `href` where this person may look at it.
fn entry(e: &CampaignEntry, href: Option<String>) -> AnyView {
    let mut marks = String::new();
    if e.begins {
        marks.push_str("▸ ");
    }
    let hours = e.hours.as_ref().map(|h| view! { <small>{h.clone()}</small> });
    let ends = e.ends.then(|| view! { <small>"末日"</small> });
    let clash = (!e.clashes.is_empty()).then(|| {
        let with = format!("与 {} 冲突", e.clashes.join("、"));
        view! { <span class="badge warn" title=with.clone()>"冲突"<span class="quiet-title">{format!("：{with}")}</span></span> }
    });
    let said = format!("{marks}{}", e.title);
    let tip = format!("{} · {} · {}", e.title, e.owner_name, e.state.title());
    let name = match href {
        Some(href) => view! { <a href=href title=tip>{said}</a> }.into_any(),
        None => view! { <span title=tip>{said}</span> }.into_any(),
    };
    view! { <li class=format!("campaign state-{}{}", e.state, if e.own { " own" } else { "" })>{name}" "{hours}{ends}{clash}</li> }.into_any()
}

fn cell(d: &CampaignDate, href: &dyn Fn(&CampaignEntry) -> Option<String>) -> AnyView {
    let number = d.day.get(8..).map_or_else(String::new, |n| n.trim_start_matches('0').to_owned());
    let all: Vec<AnyView> = d.entries.iter().map(|e| entry(e, href(e))).collect();
    let many = all.len();
    let mut all = all.into_iter();
    let first: Vec<AnyView> = all.by_ref().take(IN_SIGHT).collect();
    let rest: Vec<AnyView> = all.collect();
    let more = (!rest.is_empty()).then(|| {
        let left = many - IN_SIGHT;
        view! { <details><summary>{format!("还有 {left} 个")}</summary><ul>{rest}</ul></details> }
    });
    let class = match (d.within, d.today, many) {
        (false, _, _) => "other",
        (true, true, _) => "today",
        (true, false, 0) => "none",
        (true, false, _) => "",
    };
    let (day, here) = (d.day.clone(), d.today.then_some("date"));
    let unshown = (d.more > 0).then(|| view! { <small>{format!("另有 {} 个未列出", d.more)}</small> });
    view! { <td class=class aria-current=here><time datetime=day>{number}</time><ul>{first}</ul>{more}{unshown}</td> }.into_any()
}

/// The campaigns of a month in the chain, in a region or in a store.
#[must_use]
pub fn calendar(frame: &Frame<'_>, store: Option<&StoreRow>, c: CampaignCalendar) -> String {
    let at = store.map_or(*frame, |s| frame.at(s)).within(Section::CampaignCalendar);
    let base = base_of(store);
    let path = format!("{base}/calendar");
    let asked = frame.asked(path.clone());
    let chain = store.is_none();
    // HQ's own pages of campaigns are for who sees the whole chain; a store opens its own, and of HQ's what they brought it.
    let whole = frame.of_chain();
    page(&at, Module::Campaigns, "活动日历", || {
        let href = |e: &CampaignEntry| match (chain, e.own) {
            (true, _) => whole.then(|| format!("{base}/{}", e.campaign)),
            (false, true) => Some(format!("{base}/{}", e.campaign)),
            (false, false) => Some(format!("{base}/{}/results", e.campaign)),
        };
        let weeks: Vec<_> = c
            .days
            .chunks(7)
            .map(|week| {
                let cells: Vec<AnyView> = week.iter().map(|d| cell(d, &href)).collect();
                view! { <tr>{cells}</tr> }
            })
            .collect();
        let heads = ["一", "二", "三", "四", "五", "六", "日"].map(|d| view! { <th scope="col">{d}</th> }.into_any()).into_iter().collect_view();
        let clashing: std::collections::BTreeSet<&str> =
            c.days.iter().flat_map(|d| &d.entries).filter(|e| !e.clashes.is_empty()).map(|e| e.title.as_str()).collect();
        let warn = (!clashing.is_empty()).then(|| {
            let titles = clashing.iter().copied().collect::<Vec<_>>().join("、");
            view! { <p class="badge warn" role="status">{format!("本月有 {} 个活动商品和时间相同，请核对叠加方式：{titles}", clashing.len())}</p> }
        });
        let none = c.days.iter().all(|d| d.entries.is_empty());
        let (year, month) = c.month.split_once('-').unwrap_or((c.month.as_str(), ""));
        let title = format!("{year} 年 {} 月", month.trim_start_matches('0'));
        let (before, after) = (asked.with(&[("month", Some(c.before.as_str()))]), asked.with(&[("month", Some(c.after.as_str()))]));
        view! {
            {(whole || !chain).then(|| view! { <p class="crumbs"><a href=base.clone()>"‹ 活动"</a></p> })}
            <h1>"活动日历"</h1>
            <nav class="pager" aria-label="月份">
                <a class="button" rel="prev" href=before>"上个月"</a>
                <b>{title.clone()}</b>
                <a class="button" rel="next" href=after>"下个月"</a>
                <a class="button" href=path.clone()>"本月"</a>
            </nav>
            <p class="sub">"▸ 为开始当天；时段写在名称后；「冲突」表示同一商品、同一时间还有不同享或同类的活动。"</p>
            {warn}
            <p class="empty" hidden=!none>"这个月没有活动。"</p>
            <div class="scroll kit" tabindex="0" role="region" aria-label=title.clone()>
                <table class="calendar">
                    <caption class="quiet-title">{title.clone()}</caption>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{weeks}</tbody>
                </table>
            </div>
        }
    })
}

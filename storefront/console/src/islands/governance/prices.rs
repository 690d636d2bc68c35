//! A store's own prices: what is in force, how far the store may go by itself, and what a change will do before it is saved.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Approver, Code, Fen, Problem, StoreId, Timestamp,
    api::{EndTimed, OfferTimed, PriceAnswer, SetStorePrice, StorePriceRow, TimedPriceView},
};
use serde::Serialize;

use crate::{browser, islands::kit::Refusal, text};

/// What the clock on a wall in China says, as `2026-12-01T08:30`, as a moment.
fn china_time(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_once('T')?;
    let mut parts = date.splitn(3, '-').map(|p| p.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let mut parts = clock.split(':').map(|p| p.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    if !(1_970..=9_999).contains(&year)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || !(0..24).contains(&hour)
        || !(0..60).contains(&minute)
    {
        return None;
    }
    // Days since 1970, counted from March on so that a leap day is a year's last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some(Timestamp(days * Timestamp::DAY + (hour - 8) * Timestamp::HOUR + minute * Timestamp::MINUTE))
}

/// What saving this price will do, in a sentence, and whether it can be saved.
fn consequence(row: &StorePriceRow, typed: &str) -> (String, bool) {
    let Some(price) = text::typed_yuan(typed).filter(|p| *p > Fen::ZERO) else { return ("请填写价格，如 8.50".to_owned(), false) };
    if price < row.floor {
        return (format!("低于最低售价 {}，不能保存", row.floor), false);
    }
    if (row.least..=row.most).contains(&price) {
        return (format!("保存后立即生效，顾客按 {price} 购买"), true);
    }
    let range = if row.least == row.most {
        "门店不能自行改价".to_owned()
    } else {
        format!("超出门店可自行设置的 {} 至 {}", row.least, row.most)
    };
    if row.approver == Approver::Nobody {
        return (format!("{range}，不受理"), false);
    }
    (format!("{range}，保存后提交{}审批，批准之前仍按当前价格销售", row.approver.title()), true)
}

/// Own prices of a store, as a table of which each row opens.
#[island]
pub fn PriceDesk(
    /// Whose.
    store: StoreId,
    /// The listings.
    rows: Vec<StorePriceRow>,
    /// May this person change them?
    sets: bool,
    /// May the store offer limited-time prices without asking?
    timed: bool,
    /// For how many days at most, without asking.
    timed_days: i64,
    /// Lead on to why each is what it is?
    explains: bool,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let store = StoredValue::new(store);
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="门店价格">
            <table class="stock prices">
                <thead>
                    <tr>
                        <th>"商品"</th>
                        <th class="num">"总部价"</th>
                        <th class="num">"门店价"</th>
                        <th class="num">"当前售价"</th>
                        <th>"可自行设置"</th>
                        <th>"限时价与审批"</th>
                        <th>"操作"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| view! { <Line store=store row=row sets=sets timed=timed timed_days=timed_days explains=explains awake=awake /> })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

fn range_text(row: &StorePriceRow) -> String {
    if row.least == row.most { "由总部决定".to_owned() } else { format!("{} 至 {}", row.least, row.most) }
}

/// One listing, and what is changed of it.
#[component]
fn Line(
    store: StoredValue<StoreId>,
    row: StorePriceRow,
    sets: bool,
    timed: bool,
    timed_days: i64,
    explains: bool,
    awake: RwSignal<bool>,
) -> impl IntoView {
    let (title, sku) = (row.title.clone(), StoredValue::new(row.sku.clone()));
    let named = title.clone();
    let why_href = format!("/console/s/{}/listings/{}/why", store.get_value(), row.sku);
    let requests_href = format!("/console/s/{}/requests", store.get_value());
    let flagship = row.flagship.then(|| view! { <span class="badge">"主推"</span> });
    let held = RwSignal::new(row);
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (problem, done) = (RwSignal::new(None::<Problem>), RwSignal::new(None::<String>));
    let does = move || if open.get() { "收起" } else { "改价" };
    // The name that is heard begins with what is seen.
    let opener = move || format!("{} {named}", does());
    let price =
        move |of: fn(&StorePriceRow) -> Option<Fen>, none: &'static str| held.with(|h| of(h).map_or_else(|| none.to_owned(), |p| p.to_string()));
    let waits = move || held.with(|h| h.waiting.as_ref().map(|w| format!("待审批：{} → {}", w.old, w.new)));
    view! {
        <tr>
            <td class="what">
                {if explains { view! { <a href=why_href>{title}</a> }.into_any() } else { view! { <b>{title}</b> }.into_any() }}
                {flagship}
            </td>
            <td class="num">{move || price(|h| Some(h.hq), "")}</td>
            <td class="num">{move || price(|h| h.own, "跟随总部")}</td>
            <td class="num strong">
                {move || price(|h| h.price, "已下架")}
                <small>{move || held.with(|h| h.by_level.clone())}</small>
            </td>
            <td>
                {move || held.with(range_text)}
                <small>{move || held.with(|h| h.note.clone()).unwrap_or_default()}</small>
            </td>
            <td class="what">
                {move || held.with(|h| h.timed.iter().map(|t| view! { <div>{format!("{} · {}", t.text, t.note)}</div> }).collect_view())}
                <a href=requests_href hidden=move || waits().is_none()>{move || waits().unwrap_or_default()}</a>
            </td>
            <td>
                <button type="button" hidden=!sets disabled=move || !awake.get() aria-label=opener aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|o| *o = !*o)>
                    {does}
                </button>
            </td>
        </tr>
        <tr hidden=move || !open.get()>
            <td colspan="7">
                <OwnPrice store=store sku=sku held=held busy=busy problem=problem done=done />
                <Timed store=store sku=sku held=held busy=busy problem=problem done=done may=timed days=timed_days />
                <Refusal problem=problem />
                <p class="recorded" role="status" hidden=move || done.with(Option::is_none)>{move || done.get().unwrap_or_default()}</p>
            </td>
        </tr>
    }
}

/// Sends a change of a listing's price and shows what became of it.
fn send(
    path: String,
    put: bool,
    body: impl Serialize + 'static,
    held: RwSignal<StorePriceRow>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    done: RwSignal<Option<String>>,
) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    problem.set(None);
    done.set(None);
    spawn_local(async move {
        let answer = if put { browser::put::<PriceAnswer>(&path, &body).await } else { browser::post::<PriceAnswer>(&path, &body).await };
        match answer {
            Ok(now) => {
                let told = match &now.request {
                    Some(r) => format!("已提交{}审批：{}。批准之前仍按当前价格销售。", r.approver.title(), r.reason),
                    None => "已生效，顾客现在看到新价格。".to_owned(),
                };
                held.set(now.row);
                done.set(Some(told));
            }
            Err(p) => problem.set(Some(p)),
        }
        busy.set(false);
    });
}

/// The store's own price.
#[component]
fn OwnPrice(
    store: StoredValue<StoreId>,
    sku: StoredValue<liandian_types::SkuId>,
    held: RwSignal<StorePriceRow>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    done: RwSignal<Option<String>>,
) -> impl IntoView {
    let (typed, why) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let said = move || held.with(|h| typed.with(|t| consequence(h, t.trim())));
    let save = move |price: Option<Fen>| {
        let path = format!("/api/v1/stores/{}/listings/{}/price", store.get_value(), sku.get_value());
        let body = SetStorePrice { price, why: why.get_untracked(), version: held.with_untracked(|h| h.version) };
        send(path, true, body, held, busy, problem, done);
    };
    view! {
        <div class="papers">
            <label class="day">
                <span>"门店价（元）"</span>
                <input inputmode="decimal" maxlength="10" disabled=busy prop:value=typed on:input=move |e| typed.set(event_target_value(&e)) />
            </label>
            <label class="day wide">
                <span>"原因"</span>
                <input maxlength="200" placeholder="必填，审批和历史记录中可见" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
            </label>
            <button type="button" class="primary" disabled=move || busy.get() || !said().1 on:click=move |_| save(text::typed_yuan(typed.get_untracked().trim()))>"保存"</button>
            <button type="button" disabled=busy hidden=move || held.with(|h| h.own.is_none()) on:click=move |_| save(None)>"恢复总部价"</button>
        </div>
        <p class="sub" role="status">{move || said().0}</p>
    }
}

/// Limited-time prices: those that there are, and one more.
#[component]
fn Timed(
    store: StoredValue<StoreId>,
    sku: StoredValue<liandian_types::SkuId>,
    held: RwSignal<StorePriceRow>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    done: RwSignal<Option<String>>,
    may: bool,
    days: i64,
) -> impl IntoView {
    let (off, from, until, why) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let path = move |tail: &str| format!("/api/v1/stores/{}/listings/{}/limited{tail}", store.get_value(), sku.get_value());
    let version = move || held.with_untracked(|h| h.version);
    let offer = move |_| {
        let wrong = |detail: &str| problem.set(Some(Problem::new(Code::BadRequest, detail)));
        let Ok(percent) = off.get_untracked().trim().parse::<u32>() else { return wrong("请填写折扣，如 10 表示减 10%") };
        let Some(until) = china_time(&until.get_untracked()) else { return wrong("请填写结束时间") };
        let from = china_time(&from.get_untracked());
        send(
            path(""),
            false,
            OfferTimed { price: None, off: Some(percent), from, until, why: why.get_untracked(), version: version() },
            held,
            busy,
            problem,
            done,
        );
    };
    let end = move |number: u32| {
        let reason = Some(why.get_untracked()).filter(|w| !w.trim().is_empty()).unwrap_or_else(|| "提前结束".to_owned());
        send(path("/end"), false, EndTimed { number, why: reason, version: version() }, held, busy, problem, done);
    };
    let line = move |t: &TimedPriceView| {
        let number = t.number;
        view! {
            <li>
                {format!("{} · {}（{}） ", t.text, t.note, t.why)}
                <button type="button" disabled=busy on:click=move |_| end(number)>"结束"</button>
            </li>
        }
    };
    let rule = if may {
        format!("不超过 {days} 天、折后不低于可自行设置的最低价时立即生效，否则提交审批。")
    } else {
        "门店没有设置限时价的权限，提交后须经审批。".to_owned()
    };
    view! {
        <p><b>"限时价"</b></p>
        <ul>{move || held.with(|h| h.timed.iter().map(line).collect_view())}</ul>
        <div class="papers">
            <label class="day"><span>"减（%）"</span><input inputmode="numeric" maxlength="2" disabled=busy prop:value=off on:input=move |e| off.set(event_target_value(&e)) /></label>
            <label class="day"><span>"开始（不填为现在）"</span><input type="datetime-local" disabled=busy prop:value=from on:input=move |e| from.set(event_target_value(&e)) /></label>
            <label class="day"><span>"结束"</span><input type="datetime-local" disabled=busy prop:value=until on:input=move |e| until.set(event_target_value(&e)) /></label>
            <label class="day wide"><span>"原因"</span><input maxlength="200" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) /></label>
            <button type="button" disabled=busy on:click=offer>"添加限时价"</button>
        </div>
        <p class="sub">{rule}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_clock_in_china_when_read_then_it_is_that_moment() {
        assert_eq!(china_time("1970-01-01T08:00"), Some(Timestamp(0)));
        assert_eq!(china_time("2026-11-23T16:40"), Some(Timestamp(1_795_423_200_000)));
        assert_eq!(china_time("2024-02-29T00:00").map(|t| t.plus(Timestamp::DAY)), china_time("2024-03-01T00:00"));
        for bad in ["", "2026-11-23", "2026-13-01T00:00", "2026-11-23T24:00", "x-y-zTa:b"] {
            assert_eq!(china_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn given_a_price_when_typed_then_what_saving_does_is_told_before() {
        let row = StorePriceRow {
            sku: "sku_1".parse().unwrap(),
            title: "牛奶".into(),
            flagship: false,
            hq: Fen(1_000),
            floor: Fen(700),
            own: None,
            price: Some(Fen(1_000)),
            by_level: "总部建议价".into(),
            note: None,
            least: Fen(850),
            most: Fen(1_100),
            approver: Approver::Hq,
            timed: vec![],
            waiting: None,
            version: 0,
        };
        let told = |text: &str| consequence(&row, text);
        assert!(told("8.50").1 && told("8.50").0.contains("立即生效"));
        assert!(told("8.49").1 && told("8.49").0.contains("提交总部审批"));
        assert!(told("11").0.contains("立即生效") && told("11.01").0.contains("审批"));
        assert!(!told("6.99").1 && told("6.99").0.contains("最低售价"));
        assert!(told("7").1);
        assert!(!told("").1 && !told("0").1 && !told("x").1);
        let nobody = StorePriceRow { approver: Approver::Nobody, ..row.clone() };
        assert!(!consequence(&nobody, "8").1);
    }
}

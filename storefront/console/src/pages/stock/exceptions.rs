//! What HQ, or a region, should look at: in groups that count what they list, each row with the way to where it is put right.

use std::collections::{BTreeMap, HashMap};

use leptos::prelude::*;
use liandian_types::{
    LocationId, Permission, StoreId,
    api::{BooksReport, ClaimCard, Exceptions, ExtraPaymentRow, OverdueRow, StockRow, StoreRow, TillRow, TransferCard, UnacceptedRow},
};

use super::{chain::by_age, or_dash};
use crate::{
    pages::{
        Frame, Module,
        kit::{Asked, Column, Filter, Table, csv_link, filters, plot},
        page, waiting,
    },
    text,
};

/// Rows of a kind that are in sight; the others are folded away.
const FIRST: usize = 20;

/// Kinds of exceptions, in the order in which they are shown: the word in the address, and what they are called.
const KINDS: [(&str, &str); 8] = [
    ("claims", "待审批单据"),
    ("short", "已承诺但不在架"),
    ("late", "迟迟未动的调拨"),
    ("overdue", "超时"),
    ("tills", "收银台"),
    ("extra", "重复付款"),
    ("unaccepted", "调货无人接单"),
    ("low", "低库存"),
];

/// What was asked for, and the stores by which rows are told apart.
struct Wanted<'a> {
    asked: &'a Asked,
    stores: HashMap<&'a StoreId, &'a StoreRow>,
}

impl Wanted<'_> {
    fn kind(&self, kind: &str) -> bool {
        self.asked.get("kind").is_none_or(|k| k == kind)
    }

    /// Is something of this store, at a place of this name, among what was asked for?
    fn place(&self, store: Option<&StoreId>, name: &str) -> bool {
        let row = store.and_then(|s| self.stores.get(s));
        let region = self.asked.get("region").is_none_or(|r| row.is_some_and(|s| s.region.as_str() == r));
        let words = self.asked.get("q").is_none_or(|q| name.contains(q) || row.is_some_and(|s| s.name.contains(q) || s.city.contains(q)));
        region && words
    }

    fn stock(&self, r: &StockRow) -> bool {
        self.place(r.location.store().as_ref(), &r.location_name)
    }

    /// A store's name; its id when it is not known.
    fn name(&self, store: &StoreId) -> String {
        self.stores.get(store).map_or_else(|| store.to_string(), |r| r.name.clone())
    }
}

/// Regions, each by its largest cities: that is how people know them.
fn regions(stores: &[StoreRow]) -> Vec<(String, String)> {
    let mut regions: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for s in stores {
        *regions.entry(s.region.as_str()).or_default().entry(&s.city).or_default() += 1;
    }
    let said = |(region, cities): (&str, BTreeMap<&str, usize>)| {
        let many = cities.len();
        let mut cities: Vec<_> = cities.into_iter().collect();
        cities.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let first = cities.iter().take(3).map(|(city, _)| *city).collect::<Vec<_>>().join("、");
        (region.to_owned(), if many > 3 { format!("{first}等 {many} 城") } else { first })
    };
    regions.into_iter().map(said).collect()
}

/// What HQ should look at.
#[must_use]
pub fn of_chain(frame: &Frame<'_>, mut e: Exceptions, stores: &[StoreRow]) -> String {
    let asked = frame.asked("/console/hq/exceptions");
    // What stands beside the section's name: what runs low is listed, and waits for nobody; of a part nothing is said of all.
    let back = e.extra.iter().filter(|x| x.returned_at.is_none()).count();
    let waits = e.short.len() + e.late.len() + e.overdue.len() + e.tills.len() + back + e.claims.len() + e.unaccepted.len();
    let part = ["kind", "region", "store"].iter().any(|name| asked.get(name).is_some());
    page(frame, Module::Hq, "异常", || {
        let wanted = Wanted { asked: &asked, stores: stores.iter().map(|s| (&s.store, s)).collect() };
        e.claims.retain(|c| wanted.kind("claims") && wanted.place(Some(&c.store), &c.location_name));
        e.short.retain(|r| wanted.kind("short") && wanted.stock(r));
        e.late.retain(|t| {
            let at = |l: &LocationId, name: &str| wanted.place(l.store().as_ref(), name);
            wanted.kind("late") && (at(&t.source, &t.source_name) || at(&t.target, &t.target_name))
        });
        e.overdue.retain(|o| wanted.kind("overdue") && wanted.place(o.store.as_ref(), &o.id));
        e.tills.retain(|t| wanted.kind("tills") && wanted.place(Some(&t.store), &t.till));
        e.extra.retain(|x| wanted.kind("extra") && wanted.place(Some(&x.store), x.order.as_str()));
        e.unaccepted.retain(|u| wanted.kind("unaccepted") && wanted.place(Some(&u.store), u.order.as_str()));
        e.low.retain(|r| wanted.kind("low") && wanted.stock(r));
        let counts = [
            (e.claims.len(), e.claims_more),
            (e.short.len(), false),
            (e.late.len(), false),
            (e.overdue.len(), e.overdue_more),
            (e.tills.len(), e.tills_more),
            (e.extra.len(), e.extra_more),
            (e.unaccepted.len(), e.unaccepted_more),
            (e.low.len(), e.more),
        ];
        let listed: usize = counts.iter().map(|(n, _)| n).sum();
        let figures = KINDS.iter().zip(counts).map(|((kind, title), (n, more))| {
            let said = if more { format!("{n}+") } else { n.to_string() };
            let href = (n > 0).then(|| format!("#{kind}"));
            view! { <a class="figure" href=href><span>{*title}</span><b>{said}</b></a> }
        });
        let figures = figures.collect_view();
        let kinds = KINDS.iter().map(|(kind, title)| ((*kind).to_owned(), (*title).to_owned())).collect();
        let regions = regions(stores);
        let mut fields = vec![Filter::choice("kind", "全部种类", kinds)];
        if regions.len() > 1 {
            fields.push(Filter::choice("region", "全部区域", regions));
        }
        fields.push(Filter::words("q", "门店、城市或编号", "门店、城市或编号"));
        let now = frame.now;
        let ages = [("1 小时内", 60), ("1–4 小时", 240), ("4–24 小时", 1_440), ("1 天以上", i64::MAX)];
        let parts = by_age(&ages, |age| e.overdue.iter().filter(|o| age.contains(&text::minutes_since(o.since, now))).count());
        let ageing = (!e.overdue.is_empty()).then(|| view! { <div inner_html=plot::parts_bar("超时时长", &parts)></div> }.into_any());
        let oldest = "还有更多，这里列出最早的；处理之后会出现后面的。";
        let more = |more: bool, said: &'static str| more.then(|| view! { <p class="sub">{said}</p> });
        let (low_at, chain) = (e.low_at, frame.of_chain());
        view! {
            <h1>"异常"</h1>
            {(!part).then(|| waiting("exceptions", waits))}
            {filters(&asked, fields)}
            <nav class="figures kinds-of" aria-label="异常的种类">{figures}</nav>
            {(listed == 0).then(|| view! { <p class="empty">"没有需要处理的事。"</p> })}
            {group("claims", "等待审批的库存单据", e.claims.len(), None, |n| claims(&asked, now, n, e.claims))}
            {more(e.claims_more, "还有更多单据，先处理以上的。")}
            {group("short", "已承诺但不在架", e.short.len(), None, |n| stock_rows(frame, &asked, n, "short", e.short))}
            {group("late", "迟迟未动的调拨", e.late.len(), None, |n| late(&asked, now, n, e.late))}
            {group("overdue", "超时", e.overdue.len(), ageing, |n| overdue(&asked, now, n, &wanted, e.overdue))}
            {more(e.overdue_more, oldest)}
            {group("tills", "收银台", e.tills.len(), None, |n| tills(&asked, now, n, &wanted, e.tills))}
            {more(e.tills_more, "还有更多：先处理以上收银台。")}
            {group("extra", "重复或金额不符的付款（近 7 天，自动原路退回）", e.extra.len(), None, |n| extra(&asked, now, n, &wanted, e.extra))}
            {more(e.extra_more, "还有更多，这里列出最新的。")}
            {group("unaccepted", "调货无人接单而退款的订单（近几天）", e.unaccepted.len(), None, |n| unaccepted(&asked, now, n, &wanted, e.unaccepted))}
            {more(e.unaccepted_more, "还有更多，这里列出最新的。")}
            {(chain && wanted.kind("books")).then(|| books(e.books, now))}
            {group("low", format!("低库存（不多于 {low_at} 件）"), e.low.len(), None, |n| stock_rows(frame, &asked, n, "low", e.low))}
            {more(e.more, "这里只列最缺的；各店的全部缺货见门店的库存页。")}
            {csv_link(&asked, listed > 0)}
        }
    })
}

/// A kind with its rows: its heading counts what it lists. Without rows there is nothing to see.
fn group(id: &'static str, title: impl Into<String>, many: usize, above: Option<AnyView>, table: impl FnOnce(usize) -> AnyView) -> Option<AnyView> {
    let title = title.into();
    (many > 0).then(|| {
        view! {
            <section class="panel" id=id>
                <h2>{title}<span class="count">{many}</span></h2>
                {above}
                {table(FIRST)}
            </section>
        }
        .into_any()
    })
}

/// The way to where something is put right, for who may go there.
fn act(words: &'static str, about: &str, href: Option<String>) -> AnyView {
    let label = format!("{words}：{about}");
    match href {
        Some(href) => view! { <a class="button small" href=href aria-label=label>{words}</a> }.into_any(),
        None => "–".into_any(),
    }
}

fn claims(asked: &Asked, now: i64, first: usize, rows: Vec<ClaimCard>) -> AnyView {
    let columns = vec![
        Column::new("地点", |c: &ClaimCard| c.location_name.clone().into_any()).by("claim.place", |c| c.location_name.clone()),
        Column::new("单据", |c: &ClaimCard| c.kind.title().into_any()).by("claim.kind", |c| c.kind.title()),
        Column::new("原因", |c: &ClaimCard| c.reason.clone().unwrap_or_default().into_any()).class("what"),
        Column::new("提交人", |c: &ClaimCard| c.by_name.clone().into_any()),
        Column::figures("件数", |c: &ClaimCard| text::number(c.units).into_any()).by("claim.units", |c| c.units),
        Column::figures("零售价值（元）", |c: &ClaimCard| text::yuan(c.value).into_any()).by("claim.value", |c| c.value),
        Column::figures("已等", move |c: &ClaimCard| text::age(c.at, now).into_any()).by("claim.at", |c| std::cmp::Reverse(c.at)),
        Column::new("操作", |c: &ClaimCard| act("去处理", &c.location_name, Some(format!("/console/s/{}/stock", c.store)))),
    ];
    Table { caption: "待审批单据", class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |_| "")
}

/// Goods that are promised and not there, or that run low.
fn stock_rows(frame: &Frame<'_>, asked: &Asked, first: usize, kind: &'static str, rows: Vec<StockRow>) -> AnyView {
    let opens = frame.may(Permission::StoreRead);
    let (caption, keys) = match kind {
        "short" => ("已承诺但不在架的商品", ["short.name", "short.place", "short.on_hand", "short.reserved", "short.available"]),
        _ => ("低库存的商品", ["low.name", "low.place", "low.on_hand", "low.reserved", "low.available"]),
    };
    let columns = vec![
        Column::new("商品", |r: &StockRow| {
            view! {
                <img src=liandian_types::picture::small(&r.picture) alt="" width="40" height="40" loading="lazy" />
                <span class="what"><a href=format!("/console/hq/stock/{}", r.sku)>{r.name.clone()}</a><small>{r.barcode.clone()}</small></span>
            }
            .into_any()
        })
        .class("goods")
        .by(keys[0], |r| r.name.clone()),
        Column::new("地点", |r: &StockRow| r.location_name.clone().into_any()).by(keys[1], |r| r.location_name.clone()),
        Column::figures("在架", |r: &StockRow| text::number(r.on_hand).into_any()).by(keys[2], |r| r.on_hand),
        Column::figures("预占", |r: &StockRow| text::number(r.reserved).into_any()).by(keys[3], |r| r.reserved),
        Column::figures("可售", |r: &StockRow| text::number(r.available).into_any()).class("num strong").by(keys[4], |r| r.available),
        Column::figures("在途", |r: &StockRow| or_dash(r.incoming).into_any()),
        Column::new("操作", move |r: &StockRow| {
            let about = format!("{}，{}", r.name, r.location_name);
            // A warehouse's own page is its keeper's, whom this row does not name: the SKU's page leads there.
            match r.location.store() {
                Some(s) => act("去补货", &about, opens.then(|| format!("/console/s/{s}/stock?show=low"))),
                None => act("看各处", &about, Some(format!("/console/hq/stock/{}", r.sku))),
            }
        }),
    ];
    Table { caption, class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |r| plot::level(r).class())
}

/// Transfers of which somebody was told more than once.
fn late(asked: &Asked, now: i64, first: usize, rows: Vec<TransferCard>) -> AnyView {
    let columns = vec![
        Column::new("调拨单", |t: &TransferCard| t.transfer.to_string().into_any()),
        Column::new("调出", |t: &TransferCard| t.source_name.clone().into_any()).by("late.source", |t| t.source_name.clone()),
        Column::new("调入", |t: &TransferCard| t.target_name.clone().into_any()).by("late.target", |t| t.target_name.clone()),
        Column::new("状态", |t: &TransferCard| t.state.title().into_any()).by("late.state", |t| t.state.title()),
        Column::new("用途", |t: &TransferCard| {
            let purpose = if t.order.is_some() { "顾客订单" } else { "补货" };
            purpose.into_any()
        }),
        Column::figures("已提醒", |t: &TransferCard| format!("{} 次", t.reminders).into_any()).by("late.reminders", |t| t.reminders),
        Column::figures("已过", move |t: &TransferCard| text::age(t.created_at, now).into_any()).by("late.age", |t| std::cmp::Reverse(t.created_at)),
        Column::new("操作", |t: &TransferCard| act("去处理", t.transfer.as_str(), Some("/console/hq/transfers".to_owned()))),
    ];
    Table { caption: "迟迟未动的调拨单", class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |_| "")
}

fn overdue_title(what: &str) -> &'static str {
    match what {
        "order" => "订单",
        "delivery" => "配送",
        "extra_payment" => "重复付款",
        "rider" => "骑手",
        "transfer" => "调拨",
        "count" => "盘点",
        "split" => "分片",
        "import" => "商品导入",
        "request" => "审批单",
        _ => "到期",
    }
}

fn overdue(asked: &Asked, now: i64, first: usize, wanted: &Wanted<'_>, rows: Vec<OverdueRow>) -> AnyView {
    let columns = vec![
        Column::new("类型", |o: &OverdueRow| overdue_title(&o.what).into_any()).by("overdue.what", |o| overdue_title(&o.what)),
        Column::new("编号", |o: &OverdueRow| o.id.clone().into_any()),
        Column::new("状态", |o: &OverdueRow| o.state.clone().into_any()).by("overdue.state", |o| o.state.clone()),
        Column::new("门店", |o: &OverdueRow| o.store.as_ref().map(|s| wanted.name(s)).into_any()).by("overdue.store", |o| o.store.clone()),
        Column::figures("已超时", move |o: &OverdueRow| text::age(o.since, now).into_any()).by("overdue.age", |o| std::cmp::Reverse(o.since)),
        Column::new("操作", |o: &OverdueRow| {
            let href = o.store.as_ref().map(|s| match o.what.as_str() {
                "order" | "delivery" | "extra_payment" | "rider" => format!("/console/s/{s}/orders/{}", o.id),
                "transfer" => format!("/console/s/{s}/transfers"),
                "count" => format!("/console/s/{s}/counts/{}", o.id),
                "request" => format!("/console/hq/requests?store={s}#{}", o.id),
                _ => format!("/console/s/{s}/stock"),
            });
            act("去处理", &o.id, href)
        }),
    ];
    Table { caption: "超时的事", class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |_| "")
}

/// Tills that are refused or silent.
fn tills(asked: &Asked, now: i64, first: usize, wanted: &Wanted<'_>, rows: Vec<TillRow>) -> AnyView {
    let since = |t: &TillRow| t.silent_since.into_iter().chain(t.refused_since).min();
    let columns = vec![
        Column::new("门店", |t: &TillRow| wanted.name(&t.store).into_any()).by("till.store", |t| t.store.clone()),
        Column::new("收银台", |t: &TillRow| {
            let till = if t.till.is_empty() { "接口".to_owned() } else { t.till.clone() };
            till.into_any()
        }),
        Column::new("状况", move |t: &TillRow| till_state(t, now).into_any()),
        Column::figures("已持续", move |t: &TillRow| since(t).map(|at| text::age(at, now)).into_any())
            .by("till.age", move |t| std::cmp::Reverse(since(t))),
        Column::new("操作", |t: &TillRow| act("看流水", &wanted.name(&t.store), Some(format!("/console/s/{}/movements", t.store)))),
    ];
    Table { caption: "收银台的状况", class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |_| "")
}

fn till_state(t: &TillRow, now: i64) -> String {
    let silent = t.silent_since.map(|at| format!("营业中没有消息（最后一张小票{}）", text::ago(at, now)));
    let refused = t.refused_since.map(|at| {
        let why = t.code.map(|c| c.title()).unwrap_or_default();
        let field = t.field.as_ref().map(|f| format!("（{f}）")).unwrap_or_default();
        format!("{} 张小票被拒收，自{}：{why}{field}", t.refused, text::ago(at, now))
    });
    silent.into_iter().chain(refused).collect::<Vec<_>>().join("；")
}

/// Payments that their orders did not need.
fn extra(asked: &Asked, now: i64, first: usize, wanted: &Wanted<'_>, rows: Vec<ExtraPaymentRow>) -> AnyView {
    let columns = vec![
        Column::new("订单", |x: &ExtraPaymentRow| x.order.to_string().into_any()),
        Column::new("门店", |x: &ExtraPaymentRow| wanted.name(&x.store).into_any()).by("extra.store", |x| x.store.clone()),
        Column::figures("金额（元）", |x: &ExtraPaymentRow| text::yuan(x.amount).into_any()).by("extra.amount", |x| x.amount),
        Column::new("收到", move |x: &ExtraPaymentRow| text::ago(x.told_at, now).into_any()).by("extra.at", |x| x.told_at),
        Column::new("状态", move |x: &ExtraPaymentRow| {
            x.returned_at.map_or_else(|| "退回中".to_owned(), |at| format!("{}已退回", text::ago(at, now))).into_any()
        }),
        Column::new("操作", |x: &ExtraPaymentRow| act("看订单", x.order.as_str(), Some(text::order_path(&x.store, &x.order)))),
    ];
    Table { caption: "不需要的付款", class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |_| "")
}

/// Orders whose transfer nobody took on.
fn unaccepted(asked: &Asked, now: i64, first: usize, wanted: &Wanted<'_>, rows: Vec<UnacceptedRow>) -> AnyView {
    let columns = vec![
        Column::new("订单", |u: &UnacceptedRow| u.order.to_string().into_any()),
        Column::new("门店", |u: &UnacceptedRow| wanted.name(&u.store).into_any()).by("unaccepted.store", |u| u.store.clone()),
        Column::figures("金额（元）", |u: &UnacceptedRow| text::yuan(u.amount).into_any()).by("unaccepted.amount", |u| u.amount),
        Column::figures("问过", |u: &UnacceptedRow| format!("{} 处", u.asked).into_any()).by("unaccepted.asked", |u| u.asked),
        Column::new("最后问到", |u: &UnacceptedRow| {
            view! { {u.source_name.clone()}{u.reason.clone().map(|r| view! { <small>{r}</small> })} }.into_any()
        })
        .class("what")
        .by("unaccepted.source", |u| u.source_name.clone()),
        Column::new("下单", move |u: &UnacceptedRow| text::ago(u.placed_at, now).into_any()).by("unaccepted.at", |u| u.placed_at),
        Column::new("退款", |u: &UnacceptedRow| {
            let said = if u.returned { "已退回" } else { "退回中" };
            said.into_any()
        }),
        Column::new("操作", |u: &UnacceptedRow| act("看订单", u.order.as_str(), Some(text::order_path(&u.store, &u.order)))),
    ];
    Table { caption: "调货无人接单而退款的订单", class: "stock cards", asked, columns, rows, empty: "" }.folded(first, |_| "")
}

/// What the last check of the books found.
fn books(report: Option<BooksReport>, now: i64) -> AnyView {
    let count = |n: u64| text::number(i64::try_from(n).unwrap_or(i64::MAX));
    let said = match report {
        None => view! { <p class="empty">"还没有核对过。每天自动核对一次。"</p> }.into_any(),
        Some(b) => {
            let when = text::ago(b.at, now);
            let looked = [(b.records, "条库存"), (b.movements, "张单据"), (b.orders, "个订单"), (b.transfers, "张调拨单")];
            let looked = looked.map(|(n, what)| format!("{} {what}", count(n))).join("、");
            view! {
                <p class="sub">{format!("{when}核对了 {looked}")}</p>
                {(b.count == 0).then(|| view! { <p class="recorded">"账实一致。"</p> })}
                {(b.count > 0).then(|| view! { <p class="refusal">{format!("{} 处不一致", count(b.count))}</p> })}
                <ul class="differences">{b.differences.into_iter().map(|d| view! { <li>{d}</li> }).collect_view()}</ul>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" id="books">
            <h2>"账实核对"</h2>
            {said}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use liandian_types::{Role, Scope, Timestamp};

    use super::*;
    use crate::pages::fixtures::{frame, milk, session, store};

    fn found(low: Vec<StockRow>, overdue: Vec<OverdueRow>) -> Exceptions {
        Exceptions {
            short: vec![],
            low,
            more: false,
            late: vec![],
            low_at: 3,
            overdue,
            overdue_more: false,
            extra: vec![],
            extra_more: false,
            tills: vec![],
            tills_more: false,
            books: None,
            claims: vec![],
            claims_more: false,
            unaccepted: vec![],
            unaccepted_more: false,
        }
    }

    fn shown(query: &str) -> String {
        let staff = session(Role::HqAdmin, Scope::All);
        let stores: Vec<StoreRow> =
            (1..=25).map(|n| store(n, if n > 22 { "北京" } else { "上海" }, if n > 22 { "reg_north" } else { "reg_east" })).collect();
        let low = (1..=25).map(|n| milk(n, false, "", 1)).collect();
        let late = OverdueRow {
            what: "order".into(),
            id: "ord_7".into(),
            state: "备货中".into(),
            store: Some("sto_24".parse().unwrap()),
            since: Timestamp(0),
        };
        of_chain(&frame(&staff, query), found(low, vec![late]), &stores)
    }

    #[test]
    fn given_many_rows_of_a_kind_when_shown_then_its_heading_counts_them_and_all_but_twenty_are_folded_away() {
        let html = shown("");
        assert!(html.contains("全部 25 条") && html.contains("低库存（不多于 3 件）"), "{html}");
        let (fold, last) = (html.find("全部 25 条").unwrap(), html.find("/console/s/sto_21/stock?show=low").unwrap());
        assert!(html.find("/console/s/sto_20/stock?show=low").unwrap() < fold && fold < last, "{html}");
        assert_eq!(html.matches("去补货").count(), 2 * 25, "each row has its way, said to the eye and to the ear");
        assert!(html.contains("/console/s/sto_24/orders/ord_7") && html.contains("data-many=\"1\""), "{html}");
    }

    #[test]
    fn given_orders_whose_transfer_nobody_took_on_when_shown_then_they_are_a_kind_with_the_way_to_each() {
        let staff = session(Role::HqAdmin, Scope::All);
        let row = UnacceptedRow {
            order: "ord_9".parse().unwrap(),
            store: "sto_1".parse().unwrap(),
            amount: liandian_types::Fen(1_990),
            returned: false,
            placed_at: Timestamp(0),
            transfer: "trf_9".parse().unwrap(),
            source_name: "第2店".into(),
            reason: Some("超时未接单".into()),
            asked: 2,
        };
        let found = Exceptions { unaccepted: vec![row], ..found(vec![], vec![]) };
        let html = of_chain(&frame(&staff, ""), found, &[store(1, "上海", "reg_east")]);
        for said in ["调货无人接单", "超时未接单", "2 处", "退回中", "/console/s/sto_1/orders/ord_9", "data-many=\"1\""] {
            assert!(html.contains(said), "{said} in {html}");
        }
    }

    #[test]
    fn given_a_kind_or_a_region_when_asked_for_then_nothing_else_is_listed_or_counted() {
        let overdue = shown("kind=overdue");
        assert!(overdue.contains("ord_7") && !overdue.contains("去补货"), "{overdue}");
        let north = shown("kind=low&region=reg_north");
        assert!(north.contains("第24店") && !north.contains("第21店") && !north.contains("ord_7"), "{north}");
        assert!(shown("q=%E5%8C%97%E4%BA%AC").contains("第25店"), "by a city's name");
        assert!(shown("q=nowhere").contains("没有需要处理的事"));
    }
}

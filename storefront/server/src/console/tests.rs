//! The list of pages, and what pages show of what they are given. Who may see a page, and what it reads, is tested on the real stack:
//! tests/integration/pages.

use std::collections::BTreeSet;

use liandian_console::pages::{
    hq,
    store::{self, StockNeeds, StockView},
};
use liandian_functions::table::PAGES;
use liandian_types::{
    AccessAct, Fen, GeoPoint, Mode, PersonalField, Role, Scope, StoreStatus, Tier, Timestamp,
    api::{
        AccessList, AccessRow, ClaimList, CountsToDecide, Exceptions, HqSettlement, OrderList, PlaceName, SettlementView, ShortList, StockList,
        StoreWork, StoreWorkList, TransfersInFlight,
    },
};

use super::*;

fn session(role: Role, scope: Scope) -> StaffSession {
    StaffSession {
        staff: "stf_1".parse().unwrap(),
        name: "王小妹".into(),
        role,
        scope,
        permissions: role.default_permissions(),
        access_token: String::new(),
        expires: Timestamp(0),
        refresh_token: String::new(),
    }
}

fn admin() -> StaffSession {
    session(Role::HqAdmin, Scope::All)
}

fn frame(staff: &StaffSession, section: Section) -> Frame<'_> {
    asked(staff, section, "")
}

/// The frame of a page of which that was asked.
fn asked<'a>(staff: &'a StaffSession, section: Section, query: &'a str) -> Frame<'a> {
    Frame { version: "v7", staff, place: Place::Hq, section, query, now: 0 }
}

fn row() -> StoreRow {
    StoreRow {
        store: "sto_sh01".parse().unwrap(),
        name: "<人民广场店>".into(),
        city: "上海".into(),
        region: "reg_east".parse().unwrap(),
        mode: Mode::Direct,
        tier: Tier::Flagship,
        status: StoreStatus::Open,
        address: "西藏中路 1 号".into(),
        point: GeoPoint { lat: 31.23, lng: 121.47 },
        entrance: "sh01".into(),
        hours: "24 小时".into(),
        radius_m: 3_000,
    }
}

fn two_places() -> Vec<PlaceName> {
    [("loc_sh01", "<人民广场店>"), ("loc_wh1", "<后仓>")].map(|(l, name)| PlaceName { location: l.parse().unwrap(), name: name.into() }).into()
}

#[test]
fn given_the_list_of_pages_when_the_router_is_made_then_every_page_has_a_row_and_every_row_a_page() {
    let served: BTreeSet<&str> = handlers().into_iter().map(|(path, _)| path).collect();
    let listed: BTreeSet<&str> = PAGES.iter().filter(|p| p.app == "console").map(|p| p.path).collect();
    assert_eq!(served, listed);
}

#[tokio::test]
async fn given_a_region_with_much_work_when_its_overview_is_shown_then_it_says_so_and_that_it_is_a_region() {
    let staff = session(Role::RegionManager, Scope::Region("reg_east".parse().unwrap()));
    let sums = SettlementView { orders: 1, gross: Fen(100), hq: Fen(15), stores: Fen(85), postings: vec![], next: None };
    let work = StoreWork { row: row(), preparing: 3, ready: 100, awaiting: 0, counts: vec![] };
    let overview = hq::Overview {
        orders: Ok(OrderList { orders: vec![], next: None, more: false }),
        stores: Ok(vec![row(); 1_200]),
        settlement: Ok(HqSettlement { total: sums, stores: vec![] }),
        work: Some(Ok(StoreWorkList { stores: vec![work], next: None })),
    };
    let body = hq::overview(&frame(&staff, Section::Home), overview);
    assert!(body.contains("各店待办") && body.contains("我的区域") && body.contains("99+"), "{body}");
    assert!(!body.contains("<人民广场店>"));
}

#[tokio::test]
async fn given_access_records_when_an_auditor_looks_then_they_say_who_what_and_why() {
    let record = AccessRow {
        at: Timestamp(0),
        at_text: "11-28 10:05".into(),
        actor: Some("stf_1".into()),
        actor_name: Some("<王小妹>".into()),
        role: Some(Role::Clerk),
        act: AccessAct::OrderRead,
        succeeded: true,
        store: Some("sto_sh01".parse().unwrap()),
        orders: vec!["ord_1".parse().unwrap()],
        fields: vec![PersonalField::Note],
        from: String::new(),
    };
    let staff = admin();
    let list = |records| AccessList { records, next: Some("older".into()) };
    let body =
        hq::access_records(&asked(&staff, Section::Access, "date=2026-11-28&actor=stf_1"), Some("2026-11-28"), Some("stf_1"), list(vec![record]));
    for said in ["访问记录", "&lt;王小妹&gt;", "店员", "查看订单", "留言", "/console/s/sto_sh01/orders/ord_1", "11-28 10:05"] {
        assert!(body.contains(said), "{said} in {body}");
    }
    assert!(body.contains("/console/hq/access?date=2026-11-28&amp;actor=stf_1&amp;cursor=older"), "{body}");
    let none = hq::access_records(&frame(&staff, Section::Access), None, Some("nobody"), list(vec![]));
    assert!(none.contains("没有符合的记录"), "{none}");
}

#[tokio::test]
async fn given_a_next_page_when_linked_then_search_and_cursor_are_escaped() {
    let staff = admin();
    let shown = |at: Option<&LocationId>, query: &str| {
        let list = StockList { rows: vec![], more: true, next: Some("a b".into()), places: two_places(), held: vec![] };
        let needs = StockNeeds { short: ShortList { goods: vec![], more: false }, claims: ClaimList::none() };
        store::stock(&asked(&staff, Section::Stock, query), &row(), at, StockView::All, Some("奶"), list, needs)
    };
    let body = shown(None, "q=%E5%A5%B6");
    assert!(body.contains("/console/s/sto_sh01/stock?q=%E5%A5%B6&amp;cursor=a%20b"), "{body}");
    assert!(!body.contains("<人民广场店>") && !body.contains("<后仓>"), "{body}");
    let body = shown(Some(&"loc_wh1".parse().unwrap()), "location=loc_wh1&q=%E5%A5%B6");
    assert!(body.contains("/console/s/sto_sh01/stock?location=loc_wh1&amp;q=%E5%A5%B6&amp;cursor=a%20b"), "{body}");
    assert!(body.contains(r#"<input type="hidden" name="location" value="loc_wh1">"#), "{body}");
}

#[tokio::test]
async fn given_lists_that_are_cut_when_shown_then_they_say_so() {
    let staff = admin();
    let found = Exceptions {
        short: vec![],
        low: vec![],
        more: false,
        late: vec![],
        low_at: 3,
        overdue: vec![],
        overdue_more: true,
        extra: vec![],
        extra_more: false,
        tills: vec![],
        tills_more: false,
        books: None,
        claims: vec![],
        claims_more: false,
        unaccepted: vec![],
        unaccepted_more: false,
    };
    let exceptions = hq::exceptions(&frame(&staff, Section::Exceptions), found, &[row()]);
    assert_eq!(exceptions.matches("还有更多，这里列出最早的").count(), 1, "{exceptions}");
    let flights = TransfersInFlight { transfers: vec![], open: 301, units: 0, value: Fen(0) };
    let flights = hq::transfers(&frame(&staff, Section::Transfers), flights, vec![("loc_sh01".parse().unwrap(), "<人民广场店>".into())]);
    assert!(flights.contains("共 301 单，这里列出最早的 0 单") && !flights.contains("<人民广场店>"), "{flights}");
    let approvals = hq::approvals(&frame(&staff, Section::Approvals), CountsToDecide { counts: vec![], more: true });
    assert!(approvals.contains("还有更多，这里列出最早的"), "{approvals}");
}

#[tokio::test]
async fn given_campaigns_when_shown_then_the_list_says_what_waits_and_the_page_what_may_be_done() {
    use liandian_functions::views::marketing::blank;
    use liandian_types::{
        CampaignState, CampaignStep,
        api::{CampaignCard, CampaignChoices, CampaignList, CampaignView},
    };
    let card = |state: CampaignState, own: bool| CampaignCard {
        campaign: "cmp_1".parse().unwrap(),
        title: "<九折>".into(),
        what: "9 折".into(),
        state,
        owner: own.then(|| "sto_sh01".parse().unwrap()),
        owner_name: "<人民广场店>".into(),
        when: "11-23 16:00 至 12-23 16:00".into(),
        used: Some(3),
        spent: Some(Fen(1_250)),
        budget: Some(Fen(5_000)),
        paused: (state == CampaignState::Paused).then(|| "总部已暂停".to_owned()),
    };
    let (staff, manager) = (admin(), session(Role::StoreManager, Scope::Store("sto_sh01".parse().unwrap())));
    let list = || CampaignList { campaigns: vec![card(CampaignState::Review, true)] };
    let body = hq::campaigns(&frame(&staff, Section::Campaigns), list());
    for said in ["1 个活动等待审核", "&lt;九折&gt;", "待审核", "12.50", "50.00", "/console/hq/campaigns/new", "/console/hq/campaigns/cmp_1"]
    {
        assert!(body.contains(said), "{said} in {body}");
    }
    let none = || CampaignList { campaigns: Vec::new() };
    let body = store::campaigns(&frame(&manager, Section::Campaigns), &row(), list(), none());
    assert!(body.contains("/console/s/sto_sh01/campaigns/cmp_1") && !body.contains("<九折>") && !body.contains("总部活动"), "{body}");
    let held = CampaignList { campaigns: vec![card(CampaignState::Paused, false)] };
    let body = store::campaigns(&frame(&manager, Section::Campaigns), &row(), none(), held);
    assert!(body.contains("总部活动") && body.contains("总部已暂停") && body.contains("/campaigns/cmp_1/results"), "{body}");
    let choices = || CampaignChoices { categories: vec![], brands: vec![], stores: vec![], groups: vec![] };
    let view = |steps: Vec<CampaignStep>| CampaignView {
        card: card(CampaignState::Review, true),
        draft: blank(true, Timestamp(0)),
        steps,
        reason: Some("<太多>".into()),
        warnings: vec!["没有预算".into()],
        history: vec![],
        names: vec![],
        pauses: vec![],
        samples: vec![],
    };
    let body = hq::campaign(&frame(&staff, Section::Campaigns), None, view(vec![CampaignStep::Approve, CampaignStep::Reject]), choices());
    for said in ["满减", "0.0%", "批准", "驳回", "&lt;太多&gt;", "没有预算", "预算剩 37.50 元"] {
        assert!(body.contains(said), "{said} in {body}");
    }
    let new = hq::new_campaign(&frame(&manager, Section::Campaigns), Some(&row()), "cmp_2".parse().unwrap(), blank(true, Timestamp(0)), choices());
    assert!(new.contains("新建活动") && new.contains("保存草稿") && !new.contains("总部承担"), "{new}");
}

#[tokio::test]
async fn given_what_a_campaign_brought_a_month_and_what_waits_when_shown_then_figures_marks_and_boxes_are_there_and_names_are_no_markup() {
    use liandian_functions::views::marketing::blank;
    use liandian_types::{
        CampaignState, CampaignStep,
        api::{
            CampaignCalendar, CampaignCard, CampaignChange, CampaignDate, CampaignDay, CampaignEntry, CampaignResults, CampaignSample, CampaignStore,
            CampaignTally, CampaignView, ChangedField,
        },
    };
    let card = |state: CampaignState| CampaignCard {
        campaign: "cmp_1".parse().unwrap(),
        title: "<九折>".into(),
        what: "9 折".into(),
        state,
        owner: None,
        owner_name: "总部".into(),
        when: "11-23 16:00 至 12-23 16:00".into(),
        used: None,
        spent: None,
        budget: Some(Fen(5_000)),
        paused: None,
    };
    let tally = |orders: i64| CampaignTally {
        orders,
        units: orders * 2,
        off: Fen(orders * 100),
        paid: Fen(orders * 900),
        new_orders: 1,
        new_off: Fen(100),
        new_paid: Fen(900),
    };
    let day = |day: &str, orders| CampaignDay { day: day.into(), tally: tally(orders) };
    let of_store = |n: i64| CampaignStore { store: format!("sto_{n}").parse().unwrap(), name: format!("<{n}号店>"), tally: tally(20 - n) };
    let results = |stores: i64| CampaignResults {
        card: card(CampaignState::Running),
        whole: tally(4),
        budget_left: Some(Fen(4_600)),
        orders_left: Some(7),
        days: vec![day("2026-11-27", 1), day("2026-11-28", 3)],
        stores: (0..stores).map(of_store).collect(),
        without: 2,
    };
    let (staff, manager) = (admin(), session(Role::StoreManager, Scope::Store("sto_sh01".parse().unwrap())));
    let body = hq::campaign_results(&frame(&staff, Section::Campaigns), None, results(12));
    for said in ["实付最多的门店", "实付最少的门店", "25.0%", "46.00", "2026-11-28：3 单", "另有 2 家", "/console/hq/campaigns/cmp_1\"", "10.0%"]
    {
        assert!(body.contains(said), "{said} in {body}");
    }
    assert!(body.contains("&lt;0号店&gt;") && !body.contains("<0号店>") && !body.contains("<九折>"), "{body}");
    let body = hq::campaign_results(&frame(&manager, Section::Campaigns), Some(&row()), results(0));
    assert!(!body.contains("实付最多的门店") && !body.contains("另有") && body.contains("/console/s/sto_sh01/campaigns\""), "{body}");

    let entry = |clashes: Vec<String>| CampaignEntry {
        campaign: "cmp_1".parse().unwrap(),
        title: "<九折>".into(),
        state: CampaignState::Running,
        owner_name: "总部".into(),
        own: false,
        hours: Some("07:00–10:00".into()),
        begins: true,
        ends: false,
        clashes,
    };
    let date = |n: u32, entries| CampaignDate { day: format!("2026-11-{n:02}"), within: true, today: n == 2, entries, more: 3 };
    let month = || CampaignCalendar {
        month: "2026-11".into(),
        before: "2026-10".into(),
        after: "2026-12".into(),
        days: (1..=7).map(|n| date(n, vec![entry(if n == 2 { vec!["<八折>".into()] } else { vec![] })])).collect(),
    };
    let body = hq::campaign_calendar(&frame(&staff, Section::CampaignCalendar), None, month());
    for said in
        ["2026 年 11 月", "month=2026-10", "month=2026-12", "07:00–10:00", "冲突", "另有 3 个未列出", "与 &lt;八折&gt; 冲突", "aria-current=\"date\""]
    {
        assert!(body.contains(said), "{said} in {body}");
    }
    assert!(!body.contains("<九折>") && !body.contains("<八折>"), "{body}");
    let body = hq::campaign_calendar(&frame(&manager, Section::CampaignCalendar), Some(&row()), month());
    assert!(body.contains("/console/s/sto_sh01/campaigns/cmp_1/results"), "HQ's opens what it brought here: {body}");

    let change = |field: &str, old: &str, new: &str| CampaignChange {
        at: Timestamp(0),
        at_text: "11-28 10:00".into(),
        by: "stf_1".parse().unwrap(),
        by_name: Some("<王店长>".into()),
        fields: vec![ChangedField { field: field.into(), old: old.into(), new: new.into() }],
    };
    let view = CampaignView {
        card: card(CampaignState::Review),
        draft: blank(true, Timestamp(0)),
        steps: vec![CampaignStep::Approve, CampaignStep::Reject],
        reason: None,
        warnings: vec!["与「满减」不同享".into()],
        history: vec![change("state", "草稿", "待审核"), change("title", "<七折>", "<九折>"), change("state", "待审核", "草稿")],
        names: vec![],
        pauses: vec![],
        samples: vec![CampaignSample { name: "<牛奶>".into(), units: 1, list: Fen(1_000), with: Fen(800), floor: Fen(800) }],
    };
    let body = hq::campaign_review(&frame(&staff, Section::CampaignReview), vec![view]);
    for said in [
        "cmp_1 0 &lt;九折&gt;",
        "review-tick",
        "退回前",
        "&lt;牛奶&gt;",
        "8.00 已到底价",
        "&lt;七折&gt;",
        "与「满减」不同享",
        "&lt;王店长&gt; 于 11-28 10:00 提交",
        "批准所选",
    ] {
        assert!(body.contains(said), "{said} in {body}");
    }
    let body = hq::campaign_review(&frame(&staff, Section::CampaignReview), vec![]);
    assert!(body.contains("没有等待审核的活动") && !body.contains("批准所选"), "{body}");
}

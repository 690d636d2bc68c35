//! The till: how the goods are had, to whom they go, what it costs, and the order itself.
//!
//! What is typed is kept for this visit of this member (in the browser's session, under the member's id), so that a reload or a look at the
//! store loses nothing; where goods were brought before comes from the member's address book.

use leptos::{either::Either, prelude::*, task::spawn_local};
use liandian_types::{
    Code, CouponId, Fen, Fulfilment, GeoPoint, LocationId, MemberId, OrderId, Problem, StoreId, Timestamp,
    api::{
        AddressList, CampaignGift, CartLine, ClaimedCoupon, DistrictList, PlaceOrder, PlacedOrder, QuoteCoupon, QuoteDiscount, QuoteGift, QuoteLine,
        QuoteMissed, QuoteRequest, Recipient, RedeemCode, SaveAddress, SavedAddress,
    },
    text,
};
use serde::{Deserialize, Serialize};

use crate::{
    browser, cart,
    islands::{ask, coupons_line, discounts, missed, notice, pay::pay},
    place, words,
};

/// The greatest length of a word to the store.
const NOTE: usize = 100;

/// From how many metres on a place is surely in another district than the one whose middle is so far away.
const ELSEWHERE: u32 = 80_000;

/// What the customer has typed so far.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Form {
    way: Option<Fulfilment>,
    name: String,
    phone: String,
    district: String,
    street: String,
    point: Option<GeoPoint>,
    note: String,
}

/// The part of a [`liandian_types::api::Quote`] that the till shows. Its ways out of a shortage are the cart's matter, and would be a sixth of the
/// download.
#[derive(Clone, Deserialize)]
struct Quote {
    lines: Vec<QuoteLine>,
    goods: Fen,
    delivery_fee: Fen,
    total: Fen,
    #[serde(default)]
    distance_m: Option<u32>,
    ready_by: Timestamp,
    ready_text: String,
    short: bool,
    #[serde(default)]
    refusal: Option<Problem>,
    #[serde(default)]
    list: Option<Fen>,
    #[serde(default)]
    discounts: Vec<QuoteDiscount>,
    #[serde(default)]
    not_applied: Vec<QuoteMissed>,
    #[serde(default)]
    gifts: Vec<QuoteGift>,
    #[serde(default)]
    coupons: Vec<QuoteCoupon>,
    #[serde(default)]
    token: Option<String>,
}

/// The part of a [`liandian_types::api::StoreList`] that says who brings goods to a place.
#[derive(Deserialize)]
struct Stores {
    stores: Vec<Near>,
}

#[derive(Clone, Deserialize)]
struct Near {
    store: String,
    name: String,
    open_now: bool,
    delivery: bool,
    in_range: bool,
    #[serde(default)]
    distance_m: Option<u32>,
}

/// What the form is made of; all of it is in one place so that it can be handed around.
#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    phone: RwSignal<String>,
    district: RwSignal<String>,
    street: RwSignal<String>,
    /// Where that is; it belongs to the words, and the API refuses one that does not fit them.
    point: RwSignal<Option<GeoPoint>>,
    note: RwSignal<String>,
    /// The field at fault.
    bad: RwSignal<&'static str>,
}

impl Fields {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self { name: text(), phone: text(), district: text(), street: text(), point: RwSignal::new(None), note: text(), bad: RwSignal::new("") }
    }

    fn fill(self, name: String, phone: String, district: String, street: String, point: Option<GeoPoint>) {
        self.name.set(name);
        self.phone.set(phone);
        self.district.set(district);
        self.street.set(street);
        self.point.set(point);
        self.bad.set("");
    }

    /// Who gets the goods, or what of it is missing.
    fn recipient(self, way: Fulfilment) -> Result<Option<Recipient>, Problem> {
        if way == Fulfilment::Pickup {
            return Ok(None);
        }
        let missing = |field: &'static str, what: &str| {
            self.bad.set(field);
            Problem { title: "还差一点".to_owned(), ..Problem::new(Code::BadRequest, what) }
        };
        let typed = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let (name, street) = (typed(self.name), typed(self.street));
        if name.is_empty() {
            return Err(missing("name", "请填写收货人"));
        }
        let phone = text::phone(&typed(self.phone)).ok_or_else(|| missing("phone", "请填写 11 位手机号"))?;
        if street.is_empty() {
            return Err(missing("street", "请填写街道和门牌"));
        }
        let point = self.point.get_untracked().ok_or_else(|| missing("point", "请给出收货位置"))?;
        Ok(Some(Recipient { name, phone, address: typed(self.district) + &street, point }))
    }

    /// Marks the field that the API names.
    fn mark(self, problem: &Problem) {
        let field = problem.field.as_deref().unwrap_or_default();
        let known = [("name", "name"), ("phone", "phone"), ("address", "street"), ("point", "point")];
        self.bad.set(known.iter().find(|(end, _)| field.strip_prefix("recipient.") == Some(end)).map_or("", |(_, field)| field));
    }
}

/// The checkout page's island.
#[island]
pub fn Checkout(
    /// The store.
    store: StoreId,
    /// Who buys.
    member: MemberId,
    /// The store's place.
    at: GeoPoint,
    /// Can goods be picked up?
    pickup: bool,
    /// Does it deliver?
    delivery: bool,
    /// How far, in metres.
    radius_m: u32,
    /// Names of the districts around it.
    districts: Vec<String>,
    /// The location that sends what is missing, as an offer named it.
    transfer_from: Option<LocationId>,
    /// The warehouse that ships all of it, as an offer named it.
    ship_from: Option<LocationId>,
) -> impl IntoView {
    let store = StoredValue::new(store);
    let draft = StoredValue::new(format!("ld-form-{member}"));
    let transfer_from = StoredValue::new(transfer_from);
    let ships = ship_from.is_some();
    let ship_from = StoredValue::new(ship_from);
    let lines = RwSignal::new(None::<Vec<CartLine>>);
    let way = RwSignal::new(match (ships, pickup) {
        (true, _) => Fulfilment::HqShip,
        (false, true) => Fulfilment::Pickup,
        (false, false) => Fulfilment::Delivery,
    });
    let parcel = move || way.get() == Fulfilment::HqShip;
    let warehouse = move || ship_from.get_value().filter(|_| way.get_untracked() == Fulfilment::HqShip);
    let f = Fields::new();
    let book = RwSignal::new(Vec::<SavedAddress>::new());
    let districts = RwSignal::new(districts);
    let able = RwSignal::new(None::<Vec<Near>>);
    let quote = RwSignal::new(None::<Quote>);
    let wrong = RwSignal::new(None::<Problem>);
    let locating = RwSignal::new("用我的位置");
    let busy = RwSignal::new(false);
    // An order of the same goods that waits for its payment: another one is placed on purpose only.
    let same = RwSignal::new(None::<OrderId>);
    let begun = RwSignal::new(false);
    let asked = StoredValue::new(0_u32);
    // None: those that save most.
    let coupons = RwSignal::new(None::<Vec<CouponId>>);
    let (typed, said) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    // The quote is drawn anew with each choice: the sheet stays as it was.
    let sheet = RwSignal::new(false);

    let refresh = move || {
        let Some(now) = lines.get_untracked().filter(|l| !l.is_empty()) else { return };
        let to = f.point.get_untracked();
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        able.set(None);
        if way.get_untracked() != Fulfilment::Pickup && to.is_none() {
            quote.set(None);
            return;
        }
        let now = match cart::whole(now) {
            Ok(now) => now,
            Err(problem) => {
                wrong.set(Some(problem));
                return;
            }
        };
        let request = QuoteRequest {
            store: store.get_value(),
            lines: now,
            besides: Vec::new(),
            fulfilment: way.get_untracked(),
            to,
            transfer_from: transfer_from.get_value(),
            ship_from: warehouse(),
            coupons: coupons.get_untracked(),
        };
        spawn_local(async move {
            let got = ask::<Quote>(&request).await;
            if asked.get_value() != mine {
                return;
            }
            match got {
                Ok(fresh) => {
                    let far = fresh.refusal.as_ref().is_some_and(|r| r.code == Code::OutOfRange);
                    quote.set(Some(fresh));
                    if let Some(p) = request.to.filter(|_| far) {
                        let found = browser::call("GET", &format!("/api/v1/stores?{}", browser::at(p)), None, None).await;
                        let mut near = found.ok().and_then(|text| serde_json::from_str::<Stores>(&text).ok()).map(|s| s.stores).unwrap_or_default();
                        near.retain(|s| s.delivery && s.in_range && s.open_now);
                        near.truncate(3);
                        if asked.get_value() == mine {
                            able.set(Some(near));
                        }
                    }
                }
                Err(problem) => {
                    quote.set(None);
                    wrong.set(Some(problem));
                }
            }
        });
    };
    let take = move |a: SavedAddress| {
        f.fill(a.name, a.phone, a.district, a.street, Some(a.point));
        wrong.set(None);
        refresh();
    };
    Effect::new(move |_| {
        let id = store.get_value();
        let off = browser::unticked(id.as_str());
        lines.set(Some(browser::cart_of(id.as_str()).into_iter().filter(|l| !off.contains(&l.sku)).collect()));
        let had = browser::recall(&draft.get_value()).and_then(|text| serde_json::from_str::<Form>(&text).ok()).unwrap_or_default();
        // An offer named the way that it is for.
        let fits = |w: &Fulfilment| !ships && if *w == Fulfilment::Pickup { pickup } else { delivery && *w == Fulfilment::Delivery };
        if let Some(wanted) = had.way.filter(fits) {
            way.set(wanted);
        }
        let fresh = had.name.is_empty() && had.street.is_empty();
        f.note.set(had.note);
        f.fill(had.name, had.phone, had.district, had.street, had.point);
        begun.set(true);
        refresh();
        spawn_local(async move {
            let found = browser::call("GET", "/api/v1/addresses", None, None).await;
            let Some(found) = found.ok().and_then(|text| serde_json::from_str::<AddressList>(&text).ok()) else { return };
            let untouched = fresh && [f.name, f.phone, f.street].iter().all(|t| t.with_untracked(String::is_empty));
            if let Some(last) = found.addresses.first().filter(|_| untouched) {
                take(last.clone());
            }
            book.set(found.addresses);
        });
    });
    Effect::new(move |_| {
        let form = Form {
            way: Some(way.get()),
            name: f.name.get(),
            phone: f.phone.get(),
            district: f.district.get(),
            street: f.street.get(),
            point: f.point.get(),
            note: f.note.get(),
        };
        if begun.get() {
            browser::remember(&draft.get_value(), &serde_json::to_string(&form).unwrap_or_default());
        }
    });
    let choose = move |wanted: Fulfilment| {
        way.set(wanted);
        wrong.set(None);
        f.bad.set("");
        refresh();
    };
    // The point is known; which district that is comes from the API.
    let stand = move |p: GeoPoint| {
        f.point.set(Some(p));
        f.bad.set("");
        wrong.set(None);
        refresh();
        spawn_local(async move {
            let found = browser::call("GET", &format!("/api/v1/districts?{}", browser::at(p)), None, None).await;
            let Some(found) = found.ok().and_then(|text| serde_json::from_str::<DistrictList>(&text).ok()) else { return };
            if let Some(here) = found.districts.first() {
                f.district.set(here.name.clone());
            }
            districts.set(found.districts.into_iter().map(|d| d.name).collect());
        });
    };
    let locate = move |_| {
        locating.set("正在定位…");
        browser::locate(
            move |measured| {
                locating.set("用我的位置");
                stand(place::from_wgs84(measured));
            },
            move || locating.set("无法定位，请粘贴地图位置"),
        );
    };
    let pasted = move |text: String| match browser::point_in(&text) {
        Some(p) => stand(p),
        None if text.trim().is_empty() => {}
        None => {
            f.bad.set("point");
            wrong.set(Some(Problem::new(Code::BadRequest, "没有认出位置。请在高德或腾讯地图里选好地点，复制带坐标的链接或经纬度")));
        }
    };
    // A parcel goes to a district; a rider needs the door.
    let named = move |text: String| {
        spawn_local(async move {
            let q = js_sys::encode_uri_component(&text);
            let found = browser::call("GET", &format!("/api/v1/districts?q={q}"), None, None).await;
            let Some(found) = found.ok().and_then(|text| serde_json::from_str::<DistrictList>(&text).ok()) else { return };
            if let [only] = found.districts.as_slice() {
                f.district.set(only.name.clone());
                // A place of somewhere else is none of this district.
                let elsewhere = f.point.get_untracked().is_some_and(|p| place::metres(p, only.point) > ELSEWHERE);
                if way.get_untracked() == Fulfilment::HqShip {
                    f.point.set(Some(only.point));
                    refresh();
                } else if elsewhere {
                    f.point.set(None);
                    refresh();
                }
            }
            if !found.districts.is_empty() {
                districts.set(found.districts.into_iter().map(|d| d.name).collect());
            }
        });
    };
    // Which coupons count: the first tap on one begins with those that the quote used.
    let toggle = move |id: CouponId| {
        let used = || quote.with_untracked(|q| q.iter().flat_map(|q| &q.coupons).filter(|c| c.used).map(|c| c.coupon.clone()).collect::<Vec<_>>());
        let mut chosen = coupons.get_untracked().unwrap_or_else(used);
        if chosen.contains(&id) {
            chosen.retain(|c| *c != id);
        } else {
            chosen.push(id);
        }
        coupons.set(Some(chosen));
        refresh();
    };
    let redeem = move || {
        let body = serde_json::to_string(&RedeemCode { code: typed.get_untracked() }).unwrap_or_default();
        spawn_local(async move {
            match browser::call("POST", "/api/v1/coupons/codes", Some(&body), None).await {
                Ok(text) => {
                    let got = serde_json::from_str::<ClaimedCoupon>(&text).ok();
                    said.set(Some(got.map_or_else(|| "已领取".to_owned(), |c| ["已领取：", &c.coupon.title].concat())));
                    typed.set(String::new());
                    coupons.set(None);
                    refresh();
                }
                Err(problem) => said.set(Some(problem.detail)),
            }
        });
    };
    let forget = move |a: SavedAddress| {
        if !window().confirm_with_message(&format!("从地址簿删除“{}”吗？", a.street)).unwrap_or(false) {
            return;
        }
        spawn_local(async move {
            match browser::call("DELETE", &format!("/api/v1/addresses/{}", a.address), None, None).await {
                Ok(_) => book.update(|b| b.retain(|o| o.address != a.address)),
                Err(problem) => wrong.set(Some(problem)),
            }
        });
    };

    let submit = move |again: bool| {
        if busy.get_untracked() {
            return;
        }
        let Some(priced) = quote.get_untracked() else { return };
        f.bad.set("");
        let recipient = match f.recipient(way.get_untracked()) {
            Ok(recipient) => recipient,
            Err(problem) => {
                wrong.set(Some(problem));
                return;
            }
        };
        let keep = recipient.as_ref().map(|r| SaveAddress {
            address: None,
            name: r.name.clone(),
            phone: r.phone.clone(),
            district: f.district.get_untracked(),
            street: f.street.get_untracked(),
            point: r.point,
        });
        let word = f.note.get_untracked().trim().to_owned();
        let ordered = match cart::whole(lines.get_untracked().unwrap_or_default()) {
            Ok(ordered) => ordered,
            Err(problem) => {
                wrong.set(Some(problem));
                return;
            }
        };
        let mut order = PlaceOrder {
            store: store.get_value(),
            lines: ordered,
            fulfilment: way.get_untracked(),
            recipient,
            transfer_from: transfer_from.get_value(),
            ship_from: warehouse(),
            expect_total: priced.total,
            promised: None,
            expect_prices: priced.lines.iter().map(|l| l.price).collect(),
            note: (!word.is_empty()).then_some(word),
            again,
            coupons: coupons.get_untracked(),
            expect_gifts: Some(priced.gifts.iter().map(|g| CampaignGift { sku: g.sku.clone(), units: g.units }).collect()),
            quote: None,
        };
        busy.set(true);
        wrong.set(None);
        same.set(None);
        spawn_local(async move {
            let attempt = format!("ld-try-{}", order.store);
            let key = key_for(&attempt, &serde_json::to_string(&order).unwrap_or_default());
            // The same order asked for again is the same to the letter, though a newer quote promises another time.
            order.promised = Some(promised_with(&format!("{attempt}-by"), &key, priced.ready_by));
            order.quote = quoted_with(&format!("{attempt}-quote"), &key, priced.token.as_deref());
            let body = serde_json::to_string(&order).unwrap_or_default();
            match browser::call("POST", "/api/v1/orders", Some(&body), Some(&key)).await {
                Ok(text) => {
                    browser::remember(&attempt, "");
                    f.note.set(String::new());
                    if let Some(keep) = keep {
                        // Beside the way to the payment: the request outlives the page, and the order does not depend on it.
                        spawn_local(async move {
                            let _ = browser::call("POST", "/api/v1/addresses", serde_json::to_string(&keep).ok().as_deref(), None).await;
                        });
                    }
                    let mut rest = browser::cart_of(order.store.as_str());
                    rest.retain(|l| order.lines.iter().all(|o| o.sku != l.sku));
                    browser::keep_cart(order.store.as_str(), &rest);
                    browser::send_cart_and_wait(order.store.as_str()).await;
                    match serde_json::from_str::<PlacedOrder>(&text) {
                        // The order stands: when its payment does not open, its page offers to try again.
                        Ok(placed) => {
                            if pay(placed.order.as_str()).await.is_err() {
                                browser::go(&format!("/orders/{}", placed.order));
                            }
                        }
                        Err(_) => browser::go("/orders"),
                    }
                }
                Err(problem) => {
                    busy.set(false);
                    f.mark(&problem);
                    match problem.code {
                        Code::Unauthenticated => browser::log_in(),
                        // Another body under the same key: the key is spent.
                        Code::IdempotencyMismatch => browser::remember(&attempt, ""),
                        // So it is with a promise that was made to who was logged in before, or under a key that is changed since: the same body
                        // again would come with the same promise for ever.
                        code if code == Code::PriceChanged || problem.field.as_deref() == Some("quote") => {
                            // Nothing was placed: the next try has another quote, and with it another key.
                            browser::remember(&attempt, "");
                            refresh();
                        }
                        Code::SoldOut | Code::NotListed | Code::OutOfRange | Code::StoreClosed => refresh(),
                        _ => {}
                    }
                    same.set(problem.order.as_deref().cloned());
                    wrong.set(Some(named_changes(named_lines(problem, quote.get_untracked().as_ref()))));
                }
            }
        });
    };
    let carry = move |to: String| {
        browser::keep_cart(&to, &cart::merge(browser::cart_of(&to), lines.get_untracked().unwrap_or_default()));
        browser::go(&format!("/s/{to}/cart"));
    };

    let short = move || transfer_from.with_value(Option::is_none) && quote.with(|q| q.as_ref().is_some_and(|q| q.short));
    let refused = move || quote.with(|q| q.as_ref().and_then(|q| q.refusal.clone()));
    let ready = move || quote.with(Option::is_some) && refused().is_none() && !short() && !busy.get();
    let bring = move || way.get() != Fulfilment::Pickup;
    let bad = move |field: &'static str| move || (f.bad.get() == field).then_some("true");
    let nothing = move || lines.with(|l| l.as_ref().is_some_and(Vec::is_empty));

    view! {
        <div class="blank" hidden=move || !nothing()><i class="pic cart"></i><h2>"没有要结算的商品"</h2>
            <a class="btn" href="/orders">"看看我的订单"</a><a class="btn plain" href=format!("/s/{}/cart", store.get_value())>"回购物车"</a></div>
        <form class="till" autocomplete="on" hidden=nothing on:submit=move |e| e.prevent_default()>
            <div class="segments" role="radiogroup" aria-label="怎么拿">
                <button type="button" role="radio" hidden=!pickup aria-checked=move || checked(way.get() == Fulfilment::Pickup) on:click=move |_| choose(Fulfilment::Pickup)>"到店自提"</button>
                <button type="button" role="radio" hidden=!delivery aria-checked=move || checked(way.get() == Fulfilment::Delivery) on:click=move |_| choose(Fulfilment::Delivery)>"同城配送"</button>
                <button type="button" role="radio" hidden=!ships aria-checked=move || checked(parcel()) on:click=move |_| choose(Fulfilment::HqShip)>"总部直发"</button>
            </div>
            // Above everything that is typed: who cannot be served here shall know before that.
            {move || refused().as_ref().map(notice)}
            {move || able.get().map(|near| {
                let none = near.is_empty();
                view! {
                    <div class="offers">{near.into_iter().map(|s| {
                        let far = s.distance_m.map(words::distance).unwrap_or_default();
                        view! { <div class="offer"><div><b>{s.name}</b><p class="dim">{format!("能送到这里 · {far}")}</p></div>
                            <button class="btn small" type="button" on:click=move |_| carry(s.store.clone())>"带上商品去这家"</button></div> }
                    }).collect_view()}
                    <p class="hint" hidden=!none>"现在没有门店能送到这里，可以换个地址或到店自提。"</p></div>
                }
            })}
            <div hidden=move || !bring()>
                <h2 class="title">"送到哪里"</h2>
                <ul class="book" hidden=move || book.with(Vec::is_empty)>{move || book.get().into_iter().map(|a| {
                    let (mine, gone) = (a.clone(), a.clone());
                    let used = { let a = a.clone(); move || f.street.get() == a.street && f.name.get() == a.name && f.phone.get() == a.phone };
                    view! { <li class="chip" aria-current=move || used().then_some("true")>
                        <button type="button" on:click=move |_| take(mine.clone())><b>{a.street.clone()}</b><small>{format!("{} {} · {}", a.name, a.phone, a.district)}</small></button>
                        <button class="gone" type="button" aria-label=format!("删除地址 {}", a.street) on:click=move |_| forget(gone.clone())>"×"</button></li> }
                }).collect_view()}</ul>
                <div class="cells">
                    <label class="cell"><span>"收货人"</span><input autocomplete="name" maxlength="20" placeholder="姓名" aria-invalid=bad("name") prop:value=f.name on:input=move |e| f.name.set(event_target_value(&e))/></label>
                    <label class="cell"><span>"手机号"</span><input type="tel" inputmode="numeric" autocomplete="tel-national" maxlength="11" placeholder="11 位手机号" aria-invalid=bad("phone") prop:value=f.phone on:input=move |e| f.phone.set(event_target_value(&e))/></label>
                    <label class="cell"><span>"地区"</span><input list="districts" maxlength="40" placeholder="如 上海市静安区" prop:value=f.district on:input=move |e| f.district.set(event_target_value(&e)) on:change=move |e| named(event_target_value(&e))/></label>
                    <datalist id="districts">{move || districts.get().into_iter().map(|d| view! { <option value=d></option> }).collect_view()}</datalist>
                    <label class="cell"><span>"地址"</span><input autocomplete="street-address" maxlength="60" placeholder="街道、小区、楼号、门牌" aria-invalid=bad("street") prop:value=f.street on:input=move |e| f.street.set(event_target_value(&e))/></label>
                    <div class="cell" class:wrong=move || f.bad.get() == "point"><span>"位置"</span><span class="grow">{move || match f.point.get() {
                        None => Either::Left("尚未定位"),
                        Some(p) => Either::Right(view! { {format!("距门店 {} · ", words::distance(place::metres(p, at)))}<a class="link" target="_blank" rel="noreferrer" href=format!("https://uri.amap.com/marker?position={},{}&coordinate=gaode", p.lng, p.lat)>"地图核对"</a> }),
                    }}</span></div>
                </div>
                <div class="chips"><button class="chip go" type="button" on:click=locate>{locating}</button></div>
                <div class="cells"><label class="cell"><span>"地图位置"</span><input placeholder="粘贴高德、腾讯地图的链接或经纬度" on:change=move |e| pasted(event_target_value(&e))/></label></div>
                <p class="hint">{move || if parcel() {
                    "运费和时间由位置到总部仓的距离决定，快递按地址送到家。填好地区就能算。".to_owned()
                } else {
                    format!("能不能送、运费多少，由位置决定：本店配送 {} 以内。", words::distance(radius_m))
                }}"下单后地址加密存入你的地址簿，可随时删除。"</p>
            </div>
            <h2 class="title">"给门店留言"</h2>
            <div class="cells"><label class="cell"><span class="sr">"留言"</span><input maxlength=NOTE placeholder="选填，如：少放冰、放在前台（100 字以内）" prop:value=f.note on:input=move |e| f.note.set(event_target_value(&e))/></label></div>
            <h2 class="title">"商品清单"</h2>
            // `Either`, not `into_any`: a view behind a vtable drags its unused ways of hydrating into the download.
            {move || match quote.get() {
                None => Either::Left(view! {
                    <div class="wait" role="status">{move || if bring() && f.point.with(Option::is_none) { "请先填好收货位置" } else { "正在计算价格…" }}</div>
                }),
                Some(q) => Either::Right(view! {
                    <ul class="cells lines">{q.lines.iter().map(|l| view! {
                        <li class="line tight"><img src=liandian_types::picture::small(&l.picture) alt="" width="48" height="48" loading="lazy"/>
                            <div class="what"><b>{l.name.clone()}</b><span class="dim">{format!("{} ×{}", l.spec, l.quantity.get())}</span>
                            {(l.available < l.quantity.get()).then(|| view! { <span class="tag bad">{if transfer_from.with_value(Option::is_some) { format!("{} 件调货", l.quantity.get() - l.available) } else { words::stock(l.available) }}</span> })}</div>
                            <span class="num">{l.total.to_string()}</span></li>
                    }).collect_view()}</ul>
                    <div class="cells sums">
                        <div class="cell"><span>"商品合计"</span><span class="num">{q.list.unwrap_or(q.goods).to_string()}</span></div>
                        {discounts(&q.discounts, &q.gifts, &q.coupons)}
                        <div class="cell" hidden=way.get_untracked() == Fulfilment::Pickup><span>{format!("{}（{}）", if way.get_untracked() == Fulfilment::HqShip { "运费" } else { "配送费" }, words::distance(q.distance_m.unwrap_or(0)))}</span><span class="num">{q.delivery_fee.to_string()}</span></div>
                        <div class="cell"><span>{if way.get_untracked() == Fulfilment::Pickup { "预计可取" } else { "预计送达" }}</span><span>{q.ready_text.clone()}</span></div>
                        {missed(store.get_value().as_str(), &q.not_applied)}
                    </div>
                    <details class="cells coupons" id="coupons" open=sheet.get_untracked()>
                        <summary class="cell" on:click=move |_| sheet.update(|open| *open = !*open)><span>"优惠券"</span><span>{coupons_line(&q.coupons).unwrap_or_else(|| "没有可用的优惠券".to_owned())}" ›"</span></summary>
                        <ul>{q.coupons.iter().map(|c| {
                            let id = c.coupon.clone();
                            let chosen = { let id = c.coupon.clone(); let used = c.used; move || coupons.with(|k| k.as_ref().map_or(used, |k| k.contains(&id))) };
                            view! { <li class="cell">
                                <button type="button" class="tick" role="checkbox" aria-checked=move || checked(chosen()) aria-label=c.title.clone() on:click=move |_| toggle(id.clone())></button>
                                <span class="grow"><b>{c.title.clone()}</b><small class="dim">{format!(" {} · {} 前有效", c.what, c.until_text)}</small></span>
                                <span class="num">{match (&c.off, &c.why) { (Some(off), _) => format!("−{off}"), (None, Some(why)) => why.clone(), (None, None) => String::new() }}</span>
                            </li> }
                        }).collect_view()}</ul>
                        <div class="cell"><input aria-label="兑换码" placeholder="输入兑换码" maxlength="40" autocomplete="off" prop:value=typed on:input=move |e| typed.set(event_target_value(&e))/>
                            <button class="btn small" type="button" on:click=move |_| redeem()>"兑换"</button></div>
                        <p class="hint" role="status">{said}</p>
                        <div class="cell"><a class="link" href=format!("/s/{}/coupons", store.get_value())>"去领券"</a>
                            <button class="link" type="button" hidden=move || coupons.with(Option::is_none) on:click=move |_| { coupons.set(None); refresh(); }>"恢复自动选最优"</button></div>
                    </details>
                }),
            }}
            <div hidden=move || !short() class="notice warn"><b>"有商品缺货"</b><p><a href=format!("/s/{}/cart", store.get_value())>"回购物车看看可行的办法"</a></p></div>
            <div class="said" aria-live="assertive">{move || wrong.get().as_ref().map(notice)}</div>
            <div class="pad" hidden=move || same.with(Option::is_none)>
                <a class="btn" href=move || same.with(|o| o.as_ref().map_or_else(|| "/orders".to_owned(), |o| format!("/orders/{o}")))>"去付款"</a>
                <button class="btn plain" type="button" on:click=move |_| submit(true)>"再下一单"</button>
            </div>
            <div class="bar" class:busy=busy>
                <div class="sum">"应付 "<b class="price">{move || quote.with(|q| q.as_ref().map_or("—".to_owned(), |q| q.total.to_string()))}</b></div>
                <button class="btn" type="button" disabled=move || !ready() on:click=move |_| submit(false)>{move || if busy.get() { "正在提交…" } else { "提交订单" }}</button>
            </div>
        </form>
    }
}

fn checked(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// The key of this attempt. Kept until the order stands, so that trying again after a lost answer finds the same order; bound to
/// the body by a hash, for another body is another order. The body itself holds personal data and is not kept.
fn key_for(attempt: &str, body: &str) -> String {
    let hash = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)).to_string();
    if let Some(kept) = browser::recall(attempt)
        && let Some(key) = kept.strip_prefix(&hash).and_then(|rest| rest.strip_prefix(' '))
    {
        return key.to_owned();
    }
    let key = browser::fresh_key();
    browser::remember(attempt, &format!("{hash} {key}"));
    key
}

/// What was promised when this key was first used.
fn promised_with(place: &str, key: &str, ready_by: Timestamp) -> Timestamp {
    let kept = browser::recall(place).and_then(|kept| kept.strip_prefix(key)?.trim().parse().ok());
    kept.map(Timestamp).unwrap_or_else(|| {
        browser::remember(place, &format!("{key} {}", ready_by.0));
        ready_by
    })
}

/// The quote's promise that this key was first used with.
fn quoted_with(place: &str, key: &str, token: Option<&str>) -> Option<String> {
    let kept = browser::recall(place).and_then(|kept| Some(kept.strip_prefix(key)?.trim().to_owned()));
    let token = kept.unwrap_or_else(|| {
        let token = token.unwrap_or_default();
        browser::remember(place, &format!("{key} {token}"));
        token.to_owned()
    });
    (!token.is_empty()).then_some(token)
}

/// Says what changed of the price since the customer's quote.
fn named_changes(mut problem: Problem) -> Problem {
    if let Some(fresh) = &problem.fresh {
        for c in fresh.changes.iter().take(6) {
            problem.detail.push_str(&["\n", &c.what, "：", &c.was.to_string(), " → ", &c.is.to_string()].concat());
        }
    }
    problem
}

/// Names the lines at fault by what the customer calls them.
fn named_lines(mut problem: Problem, quote: Option<&Quote>) -> Problem {
    for short in &problem.lines {
        let Some(line) = quote.and_then(|q| q.lines.iter().find(|l| l.sku == short.sku)) else { continue };
        problem.detail.push_str(&format!("\n{} {}：{}", line.name, line.spec, words::stock(short.left)));
    }
    problem
}

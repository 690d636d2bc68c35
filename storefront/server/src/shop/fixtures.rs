//! Bodies of a small chain for tests of what pages show of them.

use liandian_types::{
    DeliveryState, Fen, Fulfilment, GeoPoint, OrderState, Quantity, Tier, Timestamp, TransferState,
    api::{
        Category, CategoryPage, Counter, DealLink, DeliveryView, HistoryEntry, ListingCard, ListingPage, OrderCard, OrderLine, OrderView,
        ProductFact, ProductPage, QuoteLine, ShownRecipient, StoreCard, StoreHome, TransferCard,
    },
};

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// `sto_1` is a standard store, `sto_2` a simple, `sto_3` a community store that rests.
pub fn store(n: usize) -> StoreCard {
    let names = ["连店·人民广场旗舰店", "连店·青石镇店", "连店·梧桐里社区店"];
    let streets = ["上海市黄浦区西藏中路 268 号", "金华市青石镇中心街 12 号", "上海市徐汇区梧桐里 3 弄 8 号"];
    StoreCard {
        store: id(&format!("sto_{n}")),
        name: names[n - 1].to_owned(),
        address: streets[n - 1].to_owned(),
        city: "上海".to_owned(),
        tier: [Tier::Flagship, Tier::Standard, Tier::Community][n - 1],
        point: GeoPoint { lat: 31.2304, lng: 121.4737 },
        distance_m: None,
        open_now: n != 3,
        paused: false,
        closing_soon: false,
        notice: None,
        hours: "07:00–23:00".to_owned(),
        pickup: true,
        delivery: n != 2,
        in_range: false,
        radius_m: 3_000,
        theme: ["standard", "simple", "community"][n - 1].to_owned(),
        pickup_text: Some("今天 20:30".to_owned()),
        delivery_text: (n != 2).then(|| "30 分钟".to_owned()),
    }
}

/// Twelve goods; the third is nearly gone, the sixth is gone.
pub fn listing(n: u32) -> ListingCard {
    let names = [
        "鲜牛奶",
        "全麦吐司",
        "美式咖啡",
        "手工鲜肉小笼包",
        "原味豆浆",
        "海盐苏打饼干（家庭分享装）",
        "冰镇柠檬茶",
        "阿克苏苹果",
        "茶叶蛋",
        "纯净水",
        "雪糕",
        "手抓饼",
    ];
    let n0 = n as usize % 12;
    ListingCard {
        sku: id(&format!("sku_{n}")),
        spu: id(&format!("spu_{n0}")),
        name: names[n0].to_owned(),
        spec: ["950ml", "400g", "大杯 热"][n0 % 3].to_owned(),
        category: ["dairy", "bakery", "drinks"][n0 % 3].to_owned(),
        picture: format!("/pictures/{n0}-800.webp"),
        price: Fen(390 + i64::from(n) * 250),
        was: n.is_multiple_of(4).then_some(Fen(690 + i64::from(n) * 250)),
        available: [40, 12, 3, 88, 25, 0][n0 % 6],
        flagship: n0 == 0,
        labels: Vec::new(),
    }
}

fn categories() -> Vec<Category> {
    [
        ("dairy", "乳品"),
        ("bakery", "面包糕点"),
        ("drinks", "饮料"),
        ("snacks", "休闲零食"),
        ("fruit", "水果"),
        ("daily", "日用百货"),
        ("frozen", "冷冻速食"),
        ("grain", "粮油调味"),
    ]
    .map(|(key, name)| Category { key: key.to_owned(), name: name.to_owned() })
    .to_vec()
}

/// An order; its id says in which state it is: `ord_placed`, `ord_ready` …
pub fn order_in(state: OrderState, fulfilment: Fulfilment) -> OrderView {
    let goods = |n: u32, quantity: u32, from_transfer: u32| {
        let l = listing(n);
        let quantity = Quantity::new(quantity).unwrap();
        OrderLine {
            sku: l.sku,
            name: l.name,
            spec: l.spec,
            picture: l.picture,
            quantity,
            price: l.price,
            total: l.price.times(quantity).unwrap(),
            from_transfer,
            off: None,
        }
    };
    let lines = vec![goods(0, 2, 0), goods(2, 1, 1)];
    let sum: Fen = lines.iter().map(|l| l.total).sum();
    let delivery = fulfilment == Fulfilment::Delivery;
    let fee = if delivery { Fen(500) } else { Fen::ZERO };
    let entry = |at: &str, text: &str| HistoryEntry { at_text: at.to_owned(), at: Timestamp(0), text: text.to_owned() };
    OrderView {
        card: OrderCard {
            order: id(&format!("ord_{}", state.as_str().replace('_', "-"))),
            store: id("sto_1"),
            store_name: store(1).name,
            state,
            fulfilment,
            total: sum + fee,
            units: 3,
            summary: "鲜牛奶 950ml ×2、美式咖啡 大杯 热 ×1".to_owned(),
            placed_at: Timestamp(0),
            placed_text: "11-23 16:40".to_owned(),
            pay_by: (state == OrderState::Placed).then_some(Timestamp(4_000_000_000_000)),
            short_code: "0417".to_owned(),
            noted: false,
            short: false,
            slot: None,
            promised_at: None,
            pictures: Vec::new(),
        },
        lines,
        goods: sum,
        delivery_fee: fee,
        shortfall: None,
        ended_text: None,
        withdrawn: Vec::new(),
        given_back: None,
        served_by: id("sto_1"),
        ships_from: None,
        promised_text: (state == OrderState::Preparing).then(|| "11-23 17:10".to_owned()),
        promise_over: false,
        may_cancel: state == OrderState::Preparing,
        pick_up_by_text: Some("11-29 18:30".into()),
        parcel: None,
        pickup_code: (state == OrderState::Ready && !delivery).then(|| "730412885516".to_owned()),
        recipient: delivery.then(|| ShownRecipient {
            name: "张三".to_owned(),
            phone: "13800001234".to_owned(),
            address: "西藏中路 268 号".to_owned(),
        }),
        counter: Some(Counter {
            phone: "400-555-0001".to_owned(),
            address: store(1).address,
            point: store(1).point,
            hours: store(1).hours,
            resting: None,
        }),
        delivery: (state == OrderState::Delivering).then(|| DeliveryView {
            delivery: id("dlv_1"),
            state: DeliveryState::Delivering,
            rider: Some("王师傅".to_owned()),
            rider_phone: Some("139****5678".to_owned()),
            attempt: 2,
            calling_off: false,
            trouble: None,
        }),
        transfer: (state == OrderState::AwaitingTransfer).then(|| TransferCard {
            transfer: id("trf_1"),
            state: TransferState::InTransit,
            source: id("loc_3"),
            source_name: store(3).name,
            target: id("loc_1"),
            target_name: store(1).name,
            order: None,
            by_hq: false,
            note: None,
            reason: None,
            lines: Vec::new(),
            due: None,
            created_text: "11-23 16:41".to_owned(),
            created_at: liandian_types::Timestamp(0),
            reminders: 0,
            steps: Vec::new(),
            on_acceptance: false,
        }),
        history: vec![entry("11-23 16:40", "已下单，商品已预留"), entry("11-23 16:41", "已付款"), entry("11-23 16:52", "门店备货完成")],
        note: Some("少放冰".to_owned()),
        list: None,
        discounts: Vec::new(),
        gifts: Vec::new(),
        times: Vec::new(),
        transfer_times: Vec::new(),
        late_text: None,
    }
}

/// A campaign that a home page leads to.
fn deal(campaign: &str, title: &str, combo: bool) -> DealLink {
    DealLink { campaign: id(campaign), title: title.to_owned(), what: "满 ¥300 减 ¥50".to_owned(), own: false, combo }
}

/// The home page of a store.
pub fn home(n: usize) -> StoreHome {
    StoreHome {
        store: store(n),
        theme: store(n).theme,
        categories: categories(),
        featured: (0..12).map(listing).collect(),
        instead: None,
        campaigns: vec!["满300减50".to_owned()],
        flash: None,
        deals: vec![deal("cmp_300", "满300减50", false), deal("cmp_buns", "包子豆浆套餐", true)],
        hot: Vec::new(),
    }
}

/// A category of a store, or what is found there, with more to come.
pub fn goods(n: usize, category: &str, query: Option<&str>) -> CategoryPage {
    let page = ListingPage { items: (0..24).map(listing).collect(), next: Some("a b&c".to_owned()), found: None };
    CategoryPage { store: store(n), categories: categories(), current: category.to_owned(), page, query: query.map(str::to_owned) }
}

/// A product of a store in three sizes.
pub fn product(store_n: usize, n: u32) -> ProductPage {
    let skus = [n, n + 100, n + 101].map(|n| ListingCard { spec: format!("{}ml", 250 + n), ..listing(n) });
    let description = "当日新鲜直送，冷藏保存。\n口感醇厚，早餐好搭档。".to_owned();
    ProductPage {
        store: store(store_n),
        name: listing(n).name,
        description,
        brand: "晨露牧场".to_owned(),
        skus: skus.to_vec(),
        chosen: listing(n).sku,
        images: vec![listing(n).picture, "/pictures/back-800.webp".to_owned()],
        facts: vec![ProductFact { name: "产地".to_owned(), value: "上海".to_owned() }],
        phone: "400-555-0001".to_owned(),
        group: String::new(),
    }
}

/// A line of a cart.
pub fn line(n: u32, quantity: u32) -> QuoteLine {
    let (l, quantity) = (listing(n), Quantity::new(quantity).unwrap());
    let total = l.price.times(quantity).unwrap();
    QuoteLine { sku: l.sku, name: l.name, spec: l.spec, picture: l.picture, quantity, price: l.price, total, available: l.available, off: None }
}

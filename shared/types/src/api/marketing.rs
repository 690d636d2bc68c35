//! Campaigns: as HQ and stores draft them, as lists show them, and what a priced cart says of them.

use serde::{Deserialize, Serialize};

use super::{CartLines, Category, ChangedField, ListingCard, StoreCard};
use crate::{CampaignId, CampaignState, CampaignStep, Fen, Fulfilment, SkuId, StaffId, StoreId, Timestamp};

bodies! {
    /// A campaign that applies to a cart.
    QuoteDiscount {
        /// Which.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// How often: sets, units or repeats.
        times: u32,
        /// Off the goods.
        goods: Fen,
        /// Off the fee for bringing them.
        delivery: Fen,
    }

    /// A campaign that does not apply to a cart.
    QuoteMissed {
        /// Which.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// Why not, in Chinese: `还差 12.00 元`.
        why: String,
        /// Where the customer finds what is missing, below the store's own path; absent when more goods would not help.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        more: Option<String>,
    }

    /// A gift.
    QuoteGift {
        /// What.
        sku: SkuId,
        /// Its name and spec.
        name: String,
        /// How many.
        units: u32,
    }

    /// A price for a SKU.
    CampaignPrice {
        /// Of what.
        sku: SkuId,
        /// Each.
        price: Fen,
    }

    /// A step of 满减.
    CampaignSum {
        /// From this sum on.
        from: Fen,
        /// So much off.
        off: Fen,
    }

    /// A step of 满折: both bounds must be reached; 0 asks for nothing.
    CampaignRate {
        /// From this sum on.
        from: Fen,
        /// From so many units on.
        units: u32,
        /// Thousandths off.
        off: u16,
    }

    /// A part of a combo.
    CampaignPart {
        /// Any of these.
        of: Vec<SkuId>,
        /// So many.
        units: u32,
    }

    /// A gift of a campaign.
    CampaignGift {
        /// What.
        sku: SkuId,
        /// How many.
        units: u32,
    }

    /// What a tier of members has off.
    CampaignTier {
        /// From this tier on; 1 is the lowest.
        tier: u8,
        /// Thousandths off the list price.
        off: u16,
    }

    /// Goods that may be added to a cart for little.
    QuoteAddOn {
        /// Which campaign offers them.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What.
        sku: SkuId,
        /// Its name and spec.
        name: String,
        /// Its picture.
        picture: String,
        /// For how much each.
        price: Fen,
        /// What it costs otherwise.
        list: Fen,
        /// So many more at that price.
        units: u32,
    }

    /// One good of a store's flash sales.
    FlashItem {
        /// Which campaign.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What.
        sku: SkuId,
        /// Its name.
        name: String,
        /// Its spec.
        spec: String,
        /// Its picture.
        picture: String,
        /// What it costs in the sale.
        price: Fen,
        /// What it costs otherwise.
        list: Fen,
        /// Units of the sale's own stock that are left, as far as this store's shelf has them.
        left: u32,
        /// Units of it that are left in all stores of the sale.
        rest: u32,
        /// Units of the sale at all.
        stock: u32,
        /// Units of one person.
        per_person: u32,
        /// Where it stands now.
        state: FlashState,
    }

    /// A session of a store's flash sales: all that begin and end together.
    FlashSession {
        /// When it begins: today, or once before.
        from: Timestamp,
        /// When it ends.
        until: Timestamp,
        /// `14:00`, `明天 10:00`
        title: String,
        /// Where it stands now: coming, running or over.
        state: FlashState,
        /// Its goods.
        items: Vec<FlashItem>,
    }

    /// A store's flash sales of today and of the next day.
    FlashPage {
        /// The store's clock at the server: whoever counts down goes by it.
        now: Timestamp,
        /// Sessions, those that end first first.
        sessions: Vec<FlashSession>,
    }

    /// A campaign of a store as its customers see it: what it does, and the goods that it is about.
    DealPage {
        /// The store.
        store: StoreCard,
        /// Its categories.
        categories: Vec<Category>,
        /// Which campaign.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What it does, in Chinese.
        what: String,
        /// When it runs, in Chinese.
        when: String,
        /// Whose it is: `全店活动`, `本店活动`
        by: String,
        /// Does it run at this moment?
        runs: bool,
        /// When it begins, if it has not: `今天 14:00`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        begins_text: Option<String>,
        /// What a cart needs for it, a line each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<String>,
        /// It is on everything: `items` are only the goods that the store recommends.
        #[serde(default)]
        all_goods: bool,
        /// The goods, with the store's prices and stock.
        items: Vec<ListingCard>,
    }

    /// Everything of a campaign that people decide.
    CampaignDraft {
        /// As the customer reads it: 2 to 20 characters.
        title: String,
        /// What it does.
        rule: CampaignRule,
        /// Decides between combinations that cost the same: the higher wins; -1000 to 1000.
        #[serde(default)]
        priority: i32,
        /// Only on these SKUs; empty: on all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skus: Vec<SkuId>,
        /// Only on these categories; empty: on all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        categories: Vec<String>,
        /// Only on these brands; empty: on all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        brands: Vec<String>,
        /// Never on these SKUs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without: Vec<SkuId>,
        /// Of the campaigns with this word one applies to a cart; absent: beside all others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// No other campaign applies beside it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        exclusive: bool,
        /// A store's own: it may apply beside one of HQ's.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        beside_hq: bool,
        /// HQ's: it may go below the floor price.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        breaks_floor: bool,
        /// Only for who has not ordered before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        new_only: bool,
        /// Only for members of this tier and above; 0: for everybody.
        #[serde(default)]
        tier: u8,
        /// From this moment on.
        from: Timestamp,
        /// Before this moment.
        until: Timestamp,
        /// On these days of the week: bit 0 is Monday; 0: on all.
        #[serde(default)]
        weekdays: u8,
        /// On these days of the month: bit 0 is the first; 0: on all.
        #[serde(default)]
        month_days: u32,
        /// From this minute of the store's day on; with `minute_until`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minute_from: Option<u16>,
        /// Before this minute of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minute_until: Option<u16>,
        /// HQ's: in these stores; empty: in all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stores: Vec<StoreId>,
        /// For these ways to get the goods; empty: for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fulfilments: Vec<Fulfilment>,
        /// Orders of one person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person_limit: Option<u32>,
        /// Orders of one day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        day_limit: Option<u32>,
        /// Orders at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
        /// What it may cost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Fen>,
        /// Of what it costs HQ bears so many thousandths, the store the rest.
        hq_bears: u16,
        /// The version that its author saw; 0 for a new one.
        #[serde(default)]
        version: u64,
    }

    /// A campaign in a list.
    CampaignCard {
        /// Its id.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// What it does, in Chinese.
        what: String,
        /// Where it stands.
        state: CampaignState,
        /// The store whose own it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<StoreId>,
        /// Its name; `总部` for HQ's.
        owner_name: String,
        /// When it runs, in Chinese.
        when: String,
        /// Orders that had it, when they are counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        used: Option<u32>,
        /// What it has cost, when that is counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spent: Option<Fen>,
        /// What it may cost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Fen>,
        /// Who pauses it, in Chinese: `总部已暂停`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paused: Option<String>,
    }

    /// Campaigns, those that end first first.
    CampaignList {
        /// The campaigns.
        campaigns: Vec<CampaignCard>,
    }

    /// A campaign in full.
    CampaignView {
        /// As lists show it.
        card: CampaignCard,
        /// What people decided.
        draft: CampaignDraft,
        /// Which steps may follow.
        steps: Vec<CampaignStep>,
        /// Why it was sent back, if it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What its author should know: campaigns that it cannot be combined with, goods that are at their floor.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
        /// Who changed it, and when, newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        history: Vec<CampaignChange>,
        /// What the ids in it are called: goods, categories, stores.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        names: Vec<CampaignName>,
        /// Who paused it, and when.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pauses: Vec<CampaignPause>,
        /// While it waits for HQ: what some of its goods would cost, at HQ's prices.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        samples: Vec<CampaignSample>,
    }

    /// What goods of a campaign would cost with it alone.
    CampaignSample {
        /// Name and spec.
        name: String,
        /// How many.
        units: u32,
        /// What these cost at HQ's price.
        list: Fen,
        /// What they would cost.
        with: Fen,
        /// HQ's floor for them.
        floor: Fen,
    }

    /// What the editor of campaigns offers.
    CampaignChoices {
        /// Categories.
        categories: Vec<CampaignName>,
        /// Brands.
        brands: Vec<String>,
        /// Stores, for HQ's campaigns.
        stores: Vec<CampaignName>,
        /// Stores that are chosen together: of a region, of a mode, of a tier.
        groups: Vec<CampaignGroup>,
    }

    /// Stores that are chosen together.
    CampaignGroup {
        /// What they have in common.
        name: String,
        /// The stores.
        stores: Vec<StoreId>,
    }

    /// What an id is called.
    CampaignName {
        /// The id, or the key.
        id: String,
        /// Its name.
        name: String,
    }

    /// A pause of a campaign.
    CampaignPause {
        /// HQ's: it holds until HQ resumes.
        hq: bool,
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
    }

    /// One change of a campaign.
    CampaignChange {
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What was changed.
        fields: Vec<ChangedField>,
    }

    /// Move a campaign on.
    TakeCampaignStep {
        /// Which step.
        step: CampaignStep,
        /// The version that was seen.
        version: u64,
        /// Why, when it is sent back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// What would this cart cost with this campaign beside those that run, and which of them does it clash with?
    CampaignPreviewAsk {
        /// The campaign.
        draft: CampaignDraft,
        /// Its id, when it is one that there is: it is not compared with itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        campaign: Option<CampaignId>,
        /// In which store.
        store: StoreId,
        /// What; absent: only clashes are looked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::CartLine>>))]
        lines: Option<CartLines>,
        /// How.
        fulfilment: Fulfilment,
    }

    /// What one campaign takes off a line.
    CampaignCut {
        /// The campaign, as the customer reads it.
        title: String,
        /// How much.
        amount: Fen,
    }

    /// A line of a cart that is tried.
    CampaignPreviewLine {
        /// What.
        sku: SkuId,
        /// Its name and spec.
        name: String,
        /// How many.
        quantity: u32,
        /// Each, at the list price.
        price: Fen,
        /// At the list price.
        list: Fen,
        /// What is to be paid for them.
        total: Fen,
        /// Which campaigns take off what.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cuts: Vec<CampaignCut>,
    }

    /// What it would cost.
    CampaignPreview {
        /// At the list prices.
        list: Fen,
        /// The goods.
        goods: Fen,
        /// For bringing them.
        delivery_fee: Fen,
        /// What the customer would pay.
        total: Fen,
        /// Campaigns that apply.
        discounts: Vec<QuoteDiscount>,
        /// Campaigns that do not, and what is missing.
        not_applied: Vec<QuoteMissed>,
        /// Each line with what was taken off it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<CampaignPreviewLine>,
        /// Gifts.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gifts: Vec<QuoteGift>,
        /// What the author should know before it is saved: campaigns of the same goods at the same time.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
    }

    /// What paid orders had of a campaign.
    CampaignTally {
        /// Orders.
        orders: i64,
        /// Units that it took something off.
        units: i64,
        /// What it took off.
        off: Fen,
        /// What was paid for these orders.
        paid: Fen,
        /// Orders of who had bought nothing before.
        new_orders: i64,
        /// What was taken off these.
        new_off: Fen,
        /// What was paid for these.
        new_paid: Fen,
    }

    /// What a campaign brought on a day.
    CampaignDay {
        /// The day, `2026-11-28`, by China's clock.
        day: String,
        /// What.
        tally: CampaignTally,
    }

    /// What a campaign brought in a store.
    CampaignStore {
        /// The store.
        store: StoreId,
        /// Its name.
        name: String,
        /// What.
        tally: CampaignTally,
    }

    /// What a campaign has brought: paid orders that stand.
    CampaignResults {
        /// The campaign. A store sees of HQ's no figures of other stores.
        card: CampaignCard,
        /// All days together.
        whole: CampaignTally,
        /// What of its budget is left, counted with orders that are not paid yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget_left: Option<Fen>,
        /// Orders that may have it still.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        orders_left: Option<u32>,
        /// By day, the first one first; days without orders between them are there as well.
        days: Vec<CampaignDay>,
        /// By store, the one that was paid most first; of one store alone nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stores: Vec<CampaignStore>,
        /// Stores in which it runs, or ran, and that have no order with it.
        #[serde(default)]
        without: u32,
    }

    /// A campaign on a day of the calendar.
    CampaignEntry {
        /// Which.
        campaign: CampaignId,
        /// As the customer reads it.
        title: String,
        /// Where it stands.
        state: CampaignState,
        /// Whose it is.
        owner_name: String,
        /// A store's own.
        own: bool,
        /// Its hours, `07:00–10:00`, when it does not run all day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<String>,
        /// The first day of it.
        begins: bool,
        /// The last one.
        ends: bool,
        /// Titles of campaigns of the same goods at the same time that day, beside which it is not had, or on top of which it is.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        clashes: Vec<String>,
    }

    /// A day of the calendar.
    CampaignDate {
        /// The day, `2026-11-28`.
        day: String,
        /// Of the month that is shown, and not of the weeks at its ends.
        within: bool,
        /// It is today.
        today: bool,
        /// What runs.
        entries: Vec<CampaignEntry>,
        /// Campaigns that run beside these.
        #[serde(default)]
        more: u32,
    }

    /// A month of campaigns, in whole weeks from Monday on.
    CampaignCalendar {
        /// `2026-11`.
        month: String,
        /// The month before.
        before: String,
        /// The month after.
        after: String,
        /// Its days.
        days: Vec<CampaignDate>,
    }

    /// What would this campaign have cost on orders of last month?
    CampaignForecastAsk {
        /// The campaign.
        draft: CampaignDraft,
        /// Its id, when it is one that there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        campaign: Option<CampaignId>,
    }

    /// What it would have cost, on a sample of orders.
    CampaignForecast {
        /// Stores whose orders were looked at.
        stores: u32,
        /// In which it would run.
        of_stores: u32,
        /// Orders that were looked at.
        orders: u32,
        /// The days that these orders are of.
        days: u32,
        /// Orders that would have had it.
        hits: u32,
        /// What it would have taken off, beside campaigns that run.
        cost: Fen,
        /// What these orders would have come to with it.
        sales: Fen,
        /// Orders that missed it by money or by units.
        near: u32,
        /// What these would have had to add, as far as it is money.
        missing: Fen,
        /// The cost of a day in all stores in which it would run, by this sample.
        daily_cost: Fen,
        /// The sample in a sentence.
        sample: String,
    }
}

/// What a campaign does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CampaignRule {
    /// 限时价: other prices for a while.
    LimitedPrice {
        /// Which.
        prices: Vec<CampaignPrice>,
    },
    /// 折扣: thousandths off.
    Percent {
        /// So many.
        off: u16,
    },
    /// 直降: so much off each unit.
    Amount {
        /// So much.
        off: Fen,
    },
    /// 满减: so much off from so much on.
    Steps {
        /// The steps.
        steps: Vec<CampaignSum>,
        /// Each counts so many times at most.
        repeat: u32,
    },
    /// 满折: thousandths off from so much, or so many, on.
    StepPercent {
        /// The steps.
        steps: Vec<CampaignRate>,
    },
    /// 第N件折扣: the nth unit of a SKU for less.
    NthItem {
        /// Of so many units one is cheaper.
        n: u32,
        /// Thousandths off that one.
        off: u16,
    },
    /// 固定套餐: these together for a price.
    Combo {
        /// Its parts.
        parts: Vec<CampaignPart>,
        /// For all of them together.
        price: Fen,
    },
    /// N 件任选: any so many for a price.
    AnyOf {
        /// So many.
        units: u32,
        /// For all of them together.
        price: Fen,
    },
    /// 赠品: a gift from the store's shelf, handed over at the counter or packed with the order.
    Gift {
        /// From this sum on.
        from: Fen,
        /// All of these.
        gifts: Vec<CampaignGift>,
        /// Also with what is delivered; else only at the counter.
        #[serde(default)]
        with_order: bool,
    },
    /// 秒杀: a price for few units, with their own stock.
    Flash {
        /// Of what.
        sku: SkuId,
        /// Each.
        price: Fen,
        /// Units at all.
        stock: u32,
        /// Units of one person.
        per_person: u32,
    },
    /// 配送费: what bringing the goods costs.
    Delivery {
        /// From this sum on.
        from: Fen,
        /// Up to so many metres.
        metres: Option<u32>,
        /// The fee; 0: free.
        fee: Fen,
        /// Up to this weight of the cart.
        #[serde(default)]
        grams: Option<u64>,
    },
    /// 加价购: who buys for so much may have something more for little.
    AddOn {
        /// From this sum on; the add-ons do not count.
        from: Fen,
        /// Any of these.
        items: Vec<CampaignPrice>,
        /// So many units of them in an order.
        units: u32,
    },
    /// 会员价: by the member's tier.
    TierPrice {
        /// The best that the member's tier reaches counts.
        rates: Vec<CampaignTier>,
    },
}

/// Where a flash sale, or a good of one, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FlashState {
    /// It has not begun.
    Coming,
    /// It runs.
    Running,
    /// Its stock is gone.
    SoldOut,
    /// It is over.
    Over,
}

impl CampaignRule {
    /// The kind's name in Chinese.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::LimitedPrice { .. } => "限时价",
            Self::Percent { .. } => "折扣",
            Self::Amount { .. } => "直降",
            Self::Steps { .. } => "满减",
            Self::StepPercent { .. } => "满折",
            Self::NthItem { .. } => "第N件折扣",
            Self::Combo { .. } => "固定套餐",
            Self::AnyOf { .. } => "N件任选",
            Self::Gift { .. } => "赠品",
            Self::Flash { .. } => "秒杀",
            Self::Delivery { .. } => "配送费优惠",
            Self::AddOn { .. } => "加价购",
            Self::TierPrice { .. } => "会员价",
        }
    }
}

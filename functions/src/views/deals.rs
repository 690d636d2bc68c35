//! What customers see of single campaigns: a store's flash sales by session, and the goods of a campaign for who wants more of them.

use std::collections::BTreeSet;

use liandian_domain::{
    catalog::{self, LibrarySku, Listing},
    governance::terms::Terms,
    marketing::{
        Kind, Level,
        campaign::{self, Record, runs_at, takes_part, what, when},
        kinds::Flash,
        session,
        used::{Counter, Used},
    },
    stores::{hours::soon_text, profile::StoreProfile},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    CampaignId, CampaignState, Fen, Quantity, SkuId, StoreId, Timestamp,
    api::{DealPage, FlashItem, FlashPage, FlashSession, FlashState, ListingCard},
};

use super::{
    catalog::cards,
    stores::{card_now, categories, promised_day, shown_store},
};

/// Goods that the page of a campaign shows.
const DEAL_GOODS: usize = 60;

/// Goods of the library that are looked for in a store, at most: a campaign on everything is a matter of the store's own categories.
const LOOKED_FOR: usize = 300;

/// A flash sale with the session that is shown of it.
struct Sale {
    record: Record,
    flash: Flash,
    times: (Timestamp, Timestamp),
}

/// The flash sales of a store, by session; nothing is read where none is in view.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(super) async fn flash_page(tables: &Tables, profile: &StoreProfile, terms: &Terms, now: Timestamp) -> Result<Option<FlashPage>, StoreError> {
    let zone = &profile.hours.zone;
    let mut sales = Vec::new();
    for record in tables.campaigns_in_view(&profile.store, now).await? {
        // Nobody has a tier yet: what is for tiers is shown to nobody.
        let open = record.state == CampaignState::Scheduled && record.campaign.audience.tier == 0;
        let Kind::Flash(flash) = record.campaign.kind.clone() else { continue };
        let Some(times) = session::of(&record.campaign, now, zone).filter(|_| open) else { continue };
        sales.push(Sale { record, flash, times });
    }
    if sales.is_empty() {
        return Ok(None);
    }
    let skus: Vec<SkuId> = sales.iter().map(|s| s.flash.sku.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let counters: Vec<(CampaignId, Counter)> = sales.iter().flat_map(|s| units_counted(&s.record)).collect();
    let (goods, used, library) = futures::try_join!(shelf(tables, profile, &skus, terms, now), tables.used(&counters, false), tables.library())?;
    let mut sessions: Vec<FlashSession> = Vec::new();
    for s in &sales {
        let Some(card) = goods.iter().find(|g| g.sku == s.flash.sku) else { continue };
        let counted = counters.iter().zip(&used).filter(|((c, _), _)| *c == s.record.campaign.campaign);
        // No unit goes below its floor, unless HQ lets it: what is shown is what is charged.
        let free = s.record.campaign.breaks_floor && s.record.campaign.level == Level::Hq;
        let floor = library.iter().find(|l| l.sku == card.sku && !free).map_or(Fen::ZERO, |l| l.floor);
        let item = item(s, card, floor, counted.map(|((_, counter), used)| (counter, used)), now);
        let (from, until) = s.times;
        match sessions.iter_mut().find(|had| (had.from, had.until) == s.times) {
            Some(had) => had.items.push(item),
            None => {
                let title = session::title(from, now, zone);
                sessions.push(FlashSession { from, until, title, state: session::state(s.times, now), items: vec![item] });
            }
        }
    }
    sessions.sort_by_key(|s| (s.state == FlashState::Over, s.from, s.until));
    Ok((!sessions.is_empty()).then_some(FlashPage { now, sessions }))
}

/// The counters that say how many of its units are had.
fn units_counted(r: &Record) -> Vec<(CampaignId, Counter)> {
    let units = |counter: &Counter| matches!(counter, Counter::Whole | Counter::Part(_));
    r.limits.counters(None, "").into_iter().filter(units).map(|counter| (r.campaign.campaign.clone(), counter)).collect()
}

fn item<'a>(s: &Sale, card: &ListingCard, floor: Fen, counted: impl Iterator<Item = (&'a Counter, &'a Used)>, now: Timestamp) -> FlashItem {
    let rest = s.record.limits.units_left(counted).0.unwrap_or(s.flash.stock);
    let left = rest.min(card.available);
    let state = match session::state(s.times, now) {
        FlashState::Running if left == 0 => FlashState::SoldOut,
        other => other,
    };
    FlashItem {
        campaign: s.record.campaign.campaign.clone(),
        title: s.record.campaign.title.clone(),
        sku: card.sku.clone(),
        name: card.name.clone(),
        spec: card.spec.clone(),
        picture: card.picture.clone(),
        price: s.flash.price.max(floor).min(card.price),
        list: card.price,
        left,
        rest,
        stock: s.record.limits.units.unwrap_or(s.flash.stock),
        per_person: s.record.limits.person_units.unwrap_or(s.flash.per_person),
        state,
    }
}

/// These goods as the store sells them now; what it does not sell is left out. One wave.
async fn shelf(tables: &Tables, profile: &StoreProfile, skus: &[SkuId], terms: &Terms, now: Timestamp) -> Result<Vec<ListingCard>, StoreError> {
    let (found, library) = futures::try_join!(tables.listings_on_shelf(&profile.store, skus), tables.library())?;
    let day = promised_day(profile, now);
    let mut all = Vec::with_capacity(skus.len());
    for (sku, (listing, stock)) in skus.iter().zip(found) {
        let known: Option<LibrarySku> = library.iter().find(|s| s.sku == *sku).cloned();
        let Some((sku, listing)) = catalog::sold(&profile.store, known, listing, now) else { continue };
        let Some(price) = terms.price(&listing, &sku) else { continue };
        all.extend(listing.card(&sku, price, stock.until(day).available()));
    }
    Ok(all)
}

/// A campaign of a store as its customers see it, with the goods that it is about. `None`: there is none of that name here.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn deal_page(tables: &Tables, store: &StoreId, campaign: &CampaignId, now: Timestamp) -> Result<Option<DealPage>, StoreError> {
    let (profile, view, settings, library) =
        futures::try_join!(shown_store(tables, store), tables.campaigns_in_view(store, now), tables.settings(), tables.library())?;
    // Nobody has a tier yet: what is for tiers is shown to nobody.
    let for_all = |r: &Record| r.campaign.audience.tier == 0 && !matches!(r.campaign.kind, Kind::TierPrice(_));
    let record = view.into_iter().find(|r| r.campaign.campaign == *campaign && r.state == CampaignState::Scheduled && for_all(r));
    let Some((profile, record)) = profile.zip(record) else { return Ok(None) };
    let c = &record.campaign;
    let zone = &profile.hours.zone;
    let terms = Terms::of(settings.iter(), &profile, now);
    let narrow = !(c.scope.skus.is_empty() && c.scope.categories.is_empty() && c.scope.brands.is_empty() && c.scope.marks.is_empty());
    let named = narrow || matches!(c.kind, Kind::LimitedPrice(_) | Kind::Flash(_) | Kind::Combo(_));
    let items = if named {
        let one = Quantity::new(1).unwrap_or_else(|e| unreachable!("{e}"));
        let meant = |s: &&LibrarySku| s.sold_online() && s.is_for(store, now) && takes_part(c, &campaign::line(s, one, s.price));
        let skus: Vec<SkuId> = library.iter().filter(meant).take(LOOKED_FOR).map(|s| s.sku.clone()).collect();
        shelf(tables, &profile, &skus, &terms, now).await?
    } else {
        let listings: Vec<Listing> = tables.featured(store, super::stores::FEATURED).await?;
        cards(tables, store, listings, &terms, promised_day(&profile, now), now).await?
    };
    let runs = runs_at(c, now, zone);
    let begins = (!runs && now < c.schedule.from).then(|| soon_text(c.schedule.from, now, zone));
    Ok(Some(DealPage {
        store: card_now(&profile, None, now),
        categories: categories(&profile, &library),
        campaign: c.campaign.clone(),
        title: c.title.clone(),
        what: what(&c.kind),
        when: when(c),
        by: if c.level == Level::Hq { "全店活动".to_owned() } else { "本店活动".to_owned() },
        runs,
        begins_text: begins,
        parts: parts(&c.kind, &items),
        all_goods: !named,
        items: items.into_iter().take(DEAL_GOODS).collect(),
    }))
}

/// What a cart needs for it, part by part: `1 件：鲜肉包、豆沙包`.
fn parts(kind: &Kind, items: &[ListingCard]) -> Vec<String> {
    let name = |sku: &SkuId| items.iter().find(|i| i.sku == *sku).map(|i| format!("{} {}", i.name, i.spec).trim_end().to_owned());
    match kind {
        Kind::Combo(k) => {
            let part = |p: &liandian_domain::marketing::kinds::Part| {
                let names: Vec<String> = p.of.iter().filter_map(name).collect();
                format!("{} 件：{}", p.units.max(1), if names.is_empty() { "本店暂无".to_owned() } else { names.join(" 或 ") })
            };
            k.parts.iter().map(part).collect()
        }
        Kind::AnyOf(k) => vec![format!("以下商品任选 {} 件，共 {}", k.units, k.price)],
        Kind::NthItem(k) => vec![format!("同一商品每 {} 件享一次优惠", k.n)],
        _ => Vec::new(),
    }
}

//! What a store does with goods of the library: takes and drops them, says a field in its own words, and gives it back to HQ.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Problem, SkuId, StaffId, StoreId, Timestamp};

use crate::{
    Decision, Refusable,
    catalog::{
        LibrarySku, Listing,
        listing::{ListingChange, ListingField, StoreListing},
        write::CatalogWrite,
    },
    conflict,
    decision::Aggregate,
};

/// SKUs that one command takes: each is a row of one transaction.
pub const MOST_TAKEN: usize = 90;
/// SKUs that one command drops: each is two rows.
pub const MOST_DROPPED: usize = 45;
/// Listings that one command resets: each is two rows and an event.
pub const MOST_RESET: usize = 30;

/// A listing as its store wants it: an absent field is HQ's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Name of the product.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Address of the picture.
    pub picture: Option<String>,
    /// Order within the category.
    pub rank: Option<u32>,
    /// Whether customers see it.
    pub shown: Option<bool>,
    /// Place among what the home page shows first; absent: none.
    pub featured: Option<u32>,
    /// The version that was seen.
    pub seen: u64,
}

/// A field of a listing as people read it: what is in force.
fn said(l: &StoreListing, library: &LibrarySku, field: ListingField) -> String {
    match field {
        ListingField::Price => String::new(),
        ListingField::Name => l.name.or(&library.name).clone(),
        ListingField::Description => l.description.or(&library.description).clone(),
        ListingField::Picture => l.picture.or(&library.picture).clone(),
        ListingField::Rank => l.rank.or(&library.rank).to_string(),
        ListingField::Shown => (if *l.shown.or(&true) { "是" } else { "否" }).to_owned(),
    }
}

/// The key of a field in events.
fn key(field: ListingField) -> &'static str {
    match field {
        ListingField::Price => "price",
        ListingField::Name => "name",
        ListingField::Description => "description",
        ListingField::Picture => "picture",
        ListingField::Rank => "rank",
        ListingField::Shown => "shown",
    }
}

/// A field in the words of its history, and whether the store says it itself.
fn tell(l: &StoreListing, library: &LibrarySku, field: ListingField) -> String {
    let own = l.overridden().contains(&field);
    format!("{}{}", said(l, library, field), if own { "" } else { "（总部）" })
}

/// A place among what a store shows first, as people read it.
fn place(featured: Option<u32>) -> String {
    featured.map_or_else(|| "无".to_owned(), |p| p.to_string())
}

/// The fields of a listing but its prices, in the words of its history.
#[must_use]
pub fn fields(l: &StoreListing, library: &LibrarySku) -> Vec<(&'static str, String)> {
    let own = ListingField::ALL.into_iter().filter(|f| *f != ListingField::Price).map(|f| (key(f), tell(l, library, f)));
    own.chain([("featured", place(l.featured))]).collect()
}

/// What differs.
fn changes(old: &StoreListing, new: &StoreListing, library: &LibrarySku) -> Vec<FieldChange> {
    let fields = ListingField::ALL.into_iter().filter(|f| *f != ListingField::Price);
    let mut all: Vec<FieldChange> = fields
        .map(|f| FieldChange { field: key(f).to_owned(), old: tell(old, library, f), new: tell(new, library, f) })
        .filter(|c| c.old != c.new)
        .collect();
    if old.featured != new.featured {
        all.push(FieldChange { field: "featured".to_owned(), old: place(old.featured), new: place(new.featured) });
    }
    all
}

/// The listing moves on, with what changed in its history; nothing when nothing did.
fn moved(store: &StoreId, was: &Listing, next: StoreListing, library: &LibrarySku, by: &StaffId) -> Option<(Listing, Decision)> {
    let old = was.fields(store);
    let changes = changes(&old, &next, library);
    if changes.is_empty() {
        return None;
    }
    let next = was.with(StoreListing { version: was.version + 1, ..next }, library);
    let mut d = Decision::default();
    d.write(CatalogWrite::Listing { store: store.clone(), listing: Box::new(next.clone()), read: Some(was.version) });
    let (store, sku) = (store.clone(), was.sku.clone());
    d.event(Aggregate::Listing(store.clone(), sku.clone()), Event::ListingChanged { store, sku, by: by.clone(), changes });
    Some((next, d))
}

/// Sets the fields of a listing: all of them, so that what is absent is HQ's again. What changes nothing is no change.
///
/// # Errors
/// `conflict` when it was changed since it was seen, or when mandatory goods would no longer be shown; `bad_request` with the field.
pub fn set(store: &StoreId, was: &Listing, library: &LibrarySku, wish: Wish, by: &StaffId, now: Timestamp) -> Refusable<(Listing, Decision)> {
    if wish.seen != was.version {
        return conflict("这个商品的设置刚被别人修改，请刷新后再保存");
    }
    if wish.featured.is_some_and(|p| p > 999) {
        return Err(Problem::new(Code::BadRequest, "首页位置应为 0 到 999").at("featured"));
    }
    if wish.rank.is_some_and(|r| r > 999_999) {
        return Err(Problem::new(Code::BadRequest, "排序应为 0 到 999999").at("rank"));
    }
    // HQ reviews what such goods say: there is one way to change it, and it leads past HQ.
    if library.local_to.is_some() && (wish.name.is_some() || wish.description.is_some() || wish.picture.is_some()) {
        return conflict("本地商品的名称、描述和图片请在“本地商品”中修改，由总部审核");
    }
    if library.flagship && wish.rank.is_some() {
        return Err(Problem::new(Code::Conflict, "品牌主推商品的排序由总部决定").at("rank"));
    }
    let old = was.fields(store);
    let (mut next, mut back) = (old.clone(), Vec::new());
    let all = [
        (ListingField::Name, wish.name.map(ListingChange::Name)),
        (ListingField::Description, wish.description.map(ListingChange::Description)),
        (ListingField::Picture, wish.picture.map(ListingChange::Picture)),
        (ListingField::Rank, wish.rank.map(ListingChange::Rank)),
        (ListingField::Shown, wish.shown.map(ListingChange::Shown)),
    ];
    for (field, change) in all {
        match change {
            None => back.push(field),
            // Who said it, and when, stays as long as it says the same.
            Some(c) if is(&old, &c) => {}
            Some(c) => {
                if let ListingChange::Picture(p) = &c {
                    picture_fits(p)?;
                }
                next = next.set(c, library.mandatory, by, now)?;
            }
        }
    }
    next = StoreListing { featured: wish.featured, ..next.reset(&back) };
    Ok(moved(store, was, next, library, by).unwrap_or_else(|| (was.clone(), Decision::default())))
}

/// Does the store say just that already?
fn is(l: &StoreListing, c: &ListingChange) -> bool {
    match c {
        ListingChange::Price(p) => l.price.own() == Some(p),
        ListingChange::Name(n) => l.name.own() == Some(n),
        ListingChange::Description(d) => l.description.own() == Some(d),
        ListingChange::Picture(p) => l.picture.own() == Some(p),
        ListingChange::Rank(r) => l.rank.own() == Some(r),
        ListingChange::Shown(s) => l.shown.own() == Some(s),
    }
}

/// An address of a file of the chain or of the web: pages show what is behind it.
///
/// # Errors
/// `bad_request` at `picture`.
pub fn picture_fits(address: &str) -> Refusable<()> {
    if address_fits(address) {
        Ok(())
    } else {
        Err(Problem::new(Code::BadRequest, "图片地址应以 /pictures/、/media/ 或 https:// 开头").at("picture"))
    }
}

/// May a page lead to this address?
#[must_use]
pub fn address_fits(address: &str) -> bool {
    let begins = ["/pictures/", "/media/", "https://"].iter().any(|b| address.len() > b.len() && address.starts_with(b));
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'(' | b')');
    begins && address.len() <= 200 && !address.contains("..") && address.bytes().all(plain)
}

/// 恢复总部值 of several listings. Those in which nothing changes are left out.
#[must_use]
pub fn reset(store: &StoreId, goods: &[(Listing, LibrarySku)], fields: &[ListingField], by: &StaffId) -> (Vec<SkuId>, Decision) {
    let (mut reset, mut d) = (Vec::new(), Decision::default());
    for (was, library) in goods {
        let next = was.fields(store).reset(fields);
        if let Some((_, one)) = moved(store, was, next, library, by) {
            reset.push(was.sku.clone());
            d.and(one);
        }
    }
    (reset, d)
}

/// A store takes goods as HQ has them: those that it lists already, and those that it may not, are left out.
#[must_use]
pub fn take<'a>(store: &StoreId, goods: impl IntoIterator<Item = (&'a LibrarySku, bool)>, by: &StaffId, now: Timestamp) -> (Vec<SkuId>, Decision) {
    let (mut taken, mut d) = (Vec::new(), Decision::default());
    for (sku, listed) in goods {
        if listed || sku.local_to.is_some() || !sku.sold_online() || !sku.is_for(store, now) {
            continue;
        }
        taken.push(sku.sku.clone());
        let listing = Box::new(Listing { version: 1, ..Listing::taken(sku, now) });
        d.write(CatalogWrite::Listing { store: store.clone(), listing, read: None });
    }
    if !taken.is_empty() {
        let told = Event::ListingTaken { store: store.clone(), skus: taken.clone(), by: by.clone() };
        d.event(Aggregate::Store(store.clone()), told);
    }
    (taken, d)
}

/// A store gives goods up: all of these that it lists, or none.
///
/// # Errors
/// `conflict` naming what is mandatory or a product of its own.
pub fn give_up(store: &StoreId, goods: &[(Option<LibrarySku>, Listing)], by: &StaffId) -> Refusable<(Vec<SkuId>, Decision)> {
    let (mut dropped, mut d) = (Vec::new(), Decision::default());
    for (sku, listing) in goods {
        if let Some(sku) = sku {
            if sku.mandatory {
                return conflict(format!("{}是总部要求必上的商品，不能移除", sku.title()));
            }
            if sku.local_to.is_some() {
                return conflict(format!("{}是本地商品，请在“本地商品”中下架", sku.title()));
            }
        }
        dropped.push(listing.sku.clone());
        // What somebody has changed meanwhile is looked at again before it goes.
        d.write(CatalogWrite::ListingGone { store: store.clone(), sku: listing.sku.clone(), read: listing.version });
    }
    if !dropped.is_empty() {
        d.event(Aggregate::Store(store.clone()), Event::ListingDropped { store: store.clone(), skus: dropped.clone(), by: by.clone() });
    }
    Ok((dropped, d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{
        product::tests::{brands, milk, tree},
        sold,
    };

    fn store() -> StoreId {
        "sto_sh01".parse().unwrap()
    }

    fn who() -> StaffId {
        "stf_wang".parse().unwrap()
    }

    fn library() -> LibrarySku {
        milk().library(&tree(), &brands()).remove(0)
    }

    fn named(name: &str, seen: u64) -> Wish {
        Wish { name: Some(name.into()), seen, ..Wish::default() }
    }

    #[test]
    fn given_an_own_name_when_hq_edits_then_other_fields_follow_and_after_a_reset_the_name_does_too() {
        let (sku, was) = (library(), Listing::taken(&library(), Timestamp(1)));
        let (own, d) = set(&store(), &was, &sku, named("本店鲜奶", 0), &who(), Timestamp(2)).unwrap();
        assert_eq!((own.version, d.writes.len(), d.events.len()), (1, 1, 1));
        let edited = LibrarySku { name: "新名".into(), description: "新描述".into(), ..sku.clone() };
        let (seen, _) = sold(&store(), Some(edited.clone()), Some(own.clone()), Timestamp(3)).unwrap();
        assert_eq!((seen.name.as_str(), seen.description.as_str()), ("本店鲜奶", "新描述"));
        // Saying the same again is no change; an older version is refused.
        assert!(set(&store(), &own, &sku, named("本店鲜奶", 1), &who(), Timestamp(9)).unwrap().1.is_empty());
        assert_eq!(set(&store(), &own, &sku, named("别的", 0), &who(), Timestamp(9)).unwrap_err().code, Code::Conflict);
        let (skus, d) = reset(&store(), &[(own.clone(), edited.clone())], &ListingField::ALL, &who());
        assert_eq!((skus.len(), d.writes.len()), (1, 1));
        let CatalogWrite::Listing { listing, read, .. } = (match &d.writes[0] {
            crate::Write::Catalog(w) => w.clone(),
            other => panic!("{other:?}"),
        }) else {
            panic!("a listing")
        };
        assert_eq!((listing.version, read), (2, Some(1)));
        assert_eq!(sold(&store(), Some(edited), Some(*listing), Timestamp(3)).unwrap().0.name, "新名");
    }

    #[test]
    fn given_mandatory_goods_when_dropped_or_hidden_then_they_stay() {
        let sku = LibrarySku { mandatory: true, ..library() };
        let was = Listing::taken(&sku, Timestamp(1));
        let refused = give_up(&store(), &[(Some(sku.clone()), was.clone())], &who()).unwrap_err();
        assert!(refused.code == Code::Conflict && refused.detail.contains("必上"), "{}", refused.detail);
        let hide = Wish { shown: Some(false), ..Wish::default() };
        assert_eq!(set(&store(), &was, &sku, hide.clone(), &who(), Timestamp(2)).unwrap_err().code, Code::Conflict);
        // Also where the store never took them; what it hid before shows again.
        assert!(sold(&store(), Some(sku.clone()), None, Timestamp(2)).is_some());
        let free = LibrarySku { mandatory: false, ..sku.clone() };
        let (hidden, _) = set(&store(), &was, &free, hide, &who(), Timestamp(2)).unwrap();
        assert!(sold(&store(), Some(free.clone()), Some(hidden.clone()), Timestamp(2)).is_none());
        assert!(sold(&store(), Some(sku), Some(hidden), Timestamp(2)).is_some());
        assert!(sold(&store(), Some(free), None, Timestamp(2)).is_none());
    }

    #[test]
    fn given_numbers_at_their_limits_when_set_then_those_beyond_are_refused() {
        let (sku, was) = (library(), Listing::taken(&library(), Timestamp(1)));
        let try_one = |w: Wish, sku: &LibrarySku| set(&store(), &was, sku, w, &who(), Timestamp(2)).map(|_| ()).map_err(|p| p.field);
        for (rank, fits) in [(0, true), (999_999, true), (1_000_000, false)] {
            assert_eq!(try_one(Wish { rank: Some(rank), ..Wish::default() }, &sku).is_ok(), fits, "{rank}");
        }
        for (place, fits) in [(0, true), (999, true), (1_000, false)] {
            assert_eq!(try_one(Wish { featured: Some(place), ..Wish::default() }, &sku).is_ok(), fits, "{place}");
        }
        let flagship = LibrarySku { flagship: true, ..sku };
        assert_eq!(try_one(Wish { rank: Some(1), ..Wish::default() }, &flagship), Err(Some("rank".to_owned())));
        // What HQ has reviewed is not said in other words past HQ.
        let local = LibrarySku { local_to: Some(store()), flagship: false, ..flagship };
        assert_eq!(try_one(named("别的", 0), &local), Err(None));
        assert!(try_one(Wish { rank: Some(1), shown: Some(false), ..Wish::default() }, &local).is_ok());
    }

    #[test]
    fn given_goods_when_taken_then_those_listed_already_and_those_of_other_stores_are_left_out() {
        let other = LibrarySku { local_to: Some("sto_hz01".parse().unwrap()), ..library() };
        let till = LibrarySku { offline_only: true, ..library() };
        let (taken, d) = take(&store(), [(&library(), false), (&library(), true), (&other, false), (&till, false)], &who(), Timestamp(5));
        assert_eq!((taken.len(), d.writes.len(), d.events.len()), (1, 1, 1));
        assert!(take(&store(), [(&library(), true)], &who(), Timestamp(5)).1.is_empty());
        assert!(!other.is_for(&store(), Timestamp(5)) && other.is_for(&"sto_hz01".parse().unwrap(), Timestamp(5)));
        let ends = LibrarySku { until: Some(Timestamp(10)), ..library() };
        assert!(ends.is_for(&store(), Timestamp(9)) && !ends.is_for(&store(), Timestamp(10)));
    }

    #[test]
    fn given_addresses_when_checked_then_only_ours_and_those_of_the_web_fit() {
        for good in ["/pictures/spu_a.svg", "/media/a.png", "https://example.com/a.jpg"] {
            assert!(address_fits(good), "{good}");
        }
        for bad in ["", "/media/", "http://example.com/a", "javascript:alert(1)", "/media/../x", "https://a b", "https://a\"b", "//evil"] {
            assert!(!address_fits(bad), "{bad}");
        }
        assert!(address_fits(&format!("/media/{}", "a".repeat(193))) && !address_fits(&format!("/media/{}", "a".repeat(194))));
    }
}

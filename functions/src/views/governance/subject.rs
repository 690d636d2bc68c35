//! What a change request is about, read as it is now.

use liandian_domain::{
    catalog::{LibrarySku, Listing, category::CategoryTree},
    governance::{
        request::Target,
        store_prices::At,
        subjects::{GoodsAt, ProfileAt, Subject},
        terms::Terms,
    },
    stores::{edit::draft_of, permits::holds, profile::StoreProfile},
};
use liandian_types::{Code, Timestamp};

use super::prices::listed;
use crate::{
    App,
    http::Failure,
    views::stores::edit::{Facts, facts},
};

/// What the target of a request is now.
enum What {
    Price { listing: Box<Listing>, sku: Box<LibrarySku> },
    Goods { listing: Option<Box<Listing>>, sku: Box<LibrarySku>, permit: Option<String> },
    Profile(Facts),
}

/// The target of a request with its store and what holds there.
pub struct Read {
    profile: StoreProfile,
    terms: Terms,
    what: What,
}

impl Read {
    /// Hands what was read to a decision.
    pub fn with<T>(&self, decide: impl FnOnce(&Subject<'_>) -> T) -> T {
        let (store, terms) = (&self.profile.store, &self.terms);
        match &self.what {
            What::Price { listing, sku } => decide(&Subject::Price(At { store, listing, sku, terms })),
            What::Goods { listing, sku, permit } => {
                decide(&Subject::Goods(GoodsAt { store, sku, listing: listing.as_deref(), permit: permit.as_deref(), documents: &[], terms }))
            }
            What::Profile(facts) => decide(&Subject::Profile(ProfileAt { profile: &self.profile, known: &facts.known(), terms })),
        }
    }

    /// The store's profile.
    #[must_use]
    pub fn profile(&self) -> &StoreProfile {
        &self.profile
    }
}

/// The permit that goods of a category need and the store has not, by name.
#[must_use]
pub fn lacking(tree: &CategoryTree, store: &StoreProfile, category: &str, now: Timestamp) -> Option<String> {
    tree.permit(category).filter(|kind| !holds(store, kind, now)).map(str::to_owned)
}

/// The target of a request, as it is now: one wave, and what the store's policy comes to.
///
/// # Errors
/// `not_found` when the store or the goods are gone; `conflict` for what is decided on a page of its own.
pub async fn subject(app: &App, target: &Target, now: Timestamp) -> Result<Read, Failure> {
    let tables = &app.tables;
    let settings = async { Ok::<_, Failure>(tables.settings().await?) };
    match target {
        Target::Price { store, sku } => {
            let ((profile, listing, sku), settings) = futures::try_join!(Box::pin(listed(app, store, sku)), settings)?;
            let terms = Terms::of(settings.iter(), &profile, now);
            Ok(Read { profile, terms, what: What::Price { listing: Box::new(listing), sku: Box::new(sku) } })
        }
        Target::Listing { store, sku } => {
            let goods = async { Ok::<_, Failure>(tables.goods_now(store, std::slice::from_ref(sku)).await?) };
            let beside = async { Ok::<_, Failure>(futures::try_join!(tables.store_now(store), tables.categories_now())?) };
            let (mut goods, (profile, categories), settings) = futures::try_join!(Box::pin(goods), Box::pin(beside), settings)?;
            let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
            let (library, listing) = goods.pop().unwrap_or_default();
            let library = library.ok_or_else(|| Failure::not_found("商品"))?;
            let permit = lacking(&categories.tree, &profile, &library.category, now);
            let terms = Terms::of(settings.iter(), &profile, now);
            Ok(Read { profile, terms, what: What::Goods { listing: listing.map(Box::new), sku: Box::new(library), permit } })
        }
        Target::Profile { store, .. } => {
            let (profile, settings) = futures::try_join!(async { Ok::<_, Failure>(tables.store_now(store).await?) }, settings)?;
            let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
            let facts = facts(tables, &[&draft_of(&profile, now)], false).await?;
            let terms = Terms::of(settings.iter(), &profile, now);
            Ok(Read { profile, terms, what: What::Profile(facts) })
        }
        Target::Local { .. } | Target::Campaign { .. } => Err(Failure::refuse(Code::Conflict, "这类审批单不在这里处理")),
    }
}

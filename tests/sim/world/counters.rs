//! People who count the shelf while it is sold from.

use std::sync::Arc;

use liandian_domain::{
    stock::count::{self, Found, NewCount},
    stores::hours::CHINA,
};
use liandian_functions::{
    flows::stock::counts,
    http::Failure,
    transact::{Plan, transact},
};
use liandian_types::{CountId, CountKind, CountState, SkuId, StaffId, StoreId};
use tokio::time::sleep;

use super::{SKUS, World, id};

impl World {
    /// Counts the shelf, finds a little more or less than the record says, and hands it in; somebody else decides, if anybody.
    pub(super) async fn counter(self: Arc<Self>, store: StoreId) {
        loop {
            sleep(self.engine.between(5 * 60_000, 30 * 60_000)).await;
            if self.is_calm() {
                return;
            }
            let count: CountId = self.app.id();
            self.book(|b| b.counts.push(count.clone()));
            // What dies on the way stays an open count, or is driven to its end.
            let _ = self.mortal(self.count(&store, &count)).await;
        }
    }

    async fn count(&self, store: &StoreId, which: &CountId) -> Result<(), Failure> {
        let (e, app, by) = (&self.engine, &self.app, &id::<StaffId>("stf_counter"));
        let skus: Vec<SkuId> = (0..SKUS).map(|n| id(format!("sku_{n}"))).collect();
        // A shelf has one count at a time: what an earlier one left open is ended first.
        for old in app.tables.counts_of(store, 5, None).await?.0 {
            match old.state {
                CountState::Open => counts::cancel(app, store, &old.count, app.now()).await?,
                CountState::Submitted => counts::decide(app, store, &old.count, true, None, &id("stf_boss"), app.now()).await?,
                _ => {}
            }
        }
        let new = NewCount {
            count: which.clone(),
            store: store.clone(),
            location: store.shelf(),
            zone: CHINA.into(),
            kind: CountKind::Full,
            blind: false,
            picked: false,
            title: "全店".into(),
            skus: skus.clone(),
            by: by.clone(),
        };
        let (_, lines, begun) = count::begin(new, app.now()).map_err(Failure::from)?;
        app.tables.add_count_lines(&lines, app.now()).await?;
        let begun = &begun;
        transact(app, app.now(), |_| async move { Ok(Plan::new((), begun.clone())) }).await?;
        for sku in &skus {
            sleep(e.between(1_000, 60_000)).await;
            let off = if e.roll(0.2) { -1 } else { i64::try_from(e.pick(2)).unwrap_or(0) };
            transact(app, app.now(), |_| async move {
                let head = counts::of(app, store, which).await?;
                let book = app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0].on_hand;
                let counted = u32::try_from((book + off).max(0)).unwrap_or(0);
                let lines = app.tables.some_count_lines(which, std::slice::from_ref(sku)).await?;
                let found = Found { sku: sku.clone(), counted, book, expires_on: None };
                Ok(Plan::new((), count::enter(&head, &lines, &[found], by, app.now())?.1))
            })
            .await?;
        }
        counts::submit(app, store, which, by, app.now()).await?;
        if e.roll(0.8) && app.tables.count_head(which).await?.is_some_and(|c| c.state == CountState::Submitted) {
            counts::decide(app, store, which, e.roll(0.8), Some("simulated"), &id("stf_boss"), app.now()).await?;
        }
        Ok(())
    }
}

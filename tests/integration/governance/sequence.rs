//! Whatever HQ, a store and the clock do one after the other, through the routes that everybody uses: what is shown is what is charged, it is never below
//! the floor, and nothing that needed somebody's yes is charged without it.

use liandian_domain::governance::fields::FieldKey;
use liandian_tests::World;
use liandian_types::{
    Fen, RequestState, SkuId, SpuId, Timestamp,
    api::{
        LevelSeen, LibraryProduct, PriceAnswer, RequestCard, SaveStore, SettingWish, Settings, SettingsChange, StoreDraft, StorePriceRow, StoreRecord,
    },
};
use reqwest::Method;
use serde_json::json;

use super::prices::{self, STORE};

const STEPS: usize = 60;

/// Numbers that follow from a seed: what failed can be run again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(u64::try_from((high - low).max(0) + 1).unwrap())).unwrap()
    }
}

/// Everybody who does something, and what was let through.
struct Play {
    w: World,
    admin: String,
    merch: String,
    manager: String,
    sku: SkuId,
    spu: SpuId,
    waiting: Vec<(RequestCard, Fen)>,
    approved: Vec<Fen>,
    done: Vec<String>,
}

impl Play {
    async fn begin() -> Play {
        let w = World::usual().await;
        let (admin, merch, manager) = (w.staff("admin").await, w.staff("merch").await, w.staff("sh07-manager").await);
        let row = prices::untouched(&w, &manager).await;
        let library = w.stack.app.tables.library().await.unwrap();
        let spu = library.iter().find(|l| l.sku == row.sku).unwrap().spu.clone();
        Play { w, admin, merch, manager, sku: row.sku, spu, waiting: Vec::new(), approved: Vec::new(), done: Vec::new() }
    }

    async fn row(&self) -> StorePriceRow {
        prices::row_of(&self.w, &self.manager, &self.sku).await
    }

    /// The store's manager wants a price, whatever becomes of it.
    async fn wants(&mut self, price: Fen) {
        let row = self.row().await;
        let answer = prices::set(&self.w, &self.manager, &row, Some(price)).await;
        self.done.push(format!("the store wants {price}: {}", answer.status));
        if !answer.status.is_success() {
            assert!(answer.status.is_client_error(), "{} {:?}", answer.json, self.done);
            return;
        }
        let answer: PriceAnswer = answer.ok();
        assert_eq!(answer.in_force, answer.request.is_none(), "at once, or somebody is asked");
        if answer.in_force {
            assert!(
                (row.least..=row.most).contains(&price) || price == row.hq || row.own == Some(price),
                "{price} took effect at once outside of its limits: {row:?} {:?}",
                self.done
            );
        }
        self.waiting.extend(answer.request.map(|card| (card, price)));
    }

    async fn limited(&mut self, off: i64, minutes: i64) {
        let (row, now) = (self.row().await, self.w.stack.app.now());
        let body = json!({"off": off, "until": now.plus(minutes * Timestamp::MINUTE), "why": "周末", "version": row.version});
        let answer = self.w.post(&prices::path(&self.sku, "/limited"), &self.manager, &body).await;
        self.done.push(format!("{off} % off for {minutes} minutes: {}", answer.status));
        assert!(!answer.status.is_server_error(), "{} {:?}", answer.json, self.done);
    }

    async fn decide(&mut self, n: usize, approve: bool) {
        let Some((card, price)) = self.waiting.get(n).cloned() else { return };
        let (state, code) = prices::decide(&self.w, &self.admin, &card, approve).await;
        self.done.push(format!("HQ decides about {price} ({approve}): {state:?} {code:?}"));
        if state == Some(RequestState::Approved) {
            self.approved.push(price);
        }
    }

    async fn says(&mut self, field: FieldKey, value: &str) {
        let level = "mode:franchise";
        let all: Settings = self.w.get("/api/v1/hq/settings", &self.admin).await.ok();
        let version = all.levels.iter().find(|l| l.level == level).map_or(0, |l| l.version);
        let change = SettingsChange {
            changes: vec![SettingWish { level: level.into(), field: field.as_str().into(), value: Some(value.into()), withdraw: None }],
            versions: vec![LevelSeen { level: level.into(), version }],
            why: "试行".into(),
            from: None,
        };
        let answer = self.w.call(Method::PUT, "/api/v1/hq/settings", &self.admin, Some(&change)).await;
        self.done.push(format!("HQ says {} is {value}: {}", field.as_str(), answer.status));
        assert!(answer.status.is_success(), "{} {:?}", answer.json, self.done);
    }

    /// HQ gives the goods another price or floor, in percent of what they are.
    async fn prices_anew(&mut self, price: i64, floor: i64) {
        let path = format!("/api/v1/hq/products/{}", self.spu);
        let mut seen: LibraryProduct = self.w.get(&path, &self.merch).await.ok();
        for s in seen.skus.iter_mut().filter(|s| s.sku == self.sku) {
            s.price = Fen(s.price.0 * price / 100);
            s.floor = Fen((s.floor.0 * floor / 100).min(s.price.0));
        }
        let answer = self.w.call(Method::PUT, &path, &self.merch, Some(&seen)).await;
        self.done.push(format!("HQ prices at {price} %, floor at {floor} %: {}", answer.status));
        assert!(!answer.status.is_server_error(), "{} {:?}", answer.json, self.done);
    }

    async fn moves_to(&mut self, mode: &str) {
        let path = format!("/api/v1/hq/stores/{STORE}");
        let seen: StoreRecord = self.w.get(&path, &self.admin).await.ok();
        let draft = StoreDraft { mode: mode.into(), ..seen.draft };
        let body = SaveStore { draft, version: seen.version, why: "试点".into(), sure: true };
        let answer = self.w.call(Method::PUT, &path, &self.admin, Some(&body)).await;
        self.done.push(format!("the store becomes {mode}: {}", answer.status));
        assert!(!answer.status.is_server_error(), "{} {:?}", answer.json, self.done);
    }

    async fn step(&mut self, dice: &mut Dice) {
        match dice.below(10) {
            0 | 1 => {
                let row = self.row().await;
                self.wants(Fen(dice.between(row.floor.0 - 20, row.hq.0 + 50).max(1))).await;
            }
            2 => {
                // Ten small steps down from where it is.
                let mut price = self.row().await.price.unwrap_or(Fen(100));
                for _ in 0..10 {
                    price = Fen((price.0 - dice.between(1, 9)).max(1));
                    self.wants(price).await;
                }
            }
            3 => self.limited(dice.between(1, 30), dice.between(5, 90)).await,
            4 | 5 => {
                let n = usize::try_from(dice.below(u64::try_from(self.waiting.len().max(1)).unwrap())).unwrap();
                let yes = dice.below(4) > 0;
                self.decide(n, yes).await;
            }
            6 => {
                let value = dice.between(0, 25).to_string();
                self.says(FieldKey::MaxDiscount, &value).await;
            }
            7 => {
                let (price, floor) = (dice.between(90, 112), dice.between(95, 106));
                self.prices_anew(price, floor).await;
            }
            8 => {
                let mode = ["franchise", "direct", "franchise"][usize::try_from(dice.below(3)).unwrap()];
                self.moves_to(mode).await;
            }
            _ => {
                let minutes = dice.between(1, 4);
                self.w.stack.app.clock.advance(minutes * Timestamp::MINUTE);
                // A session lasts a quarter of an hour.
                self.admin = self.w.staff("admin").await;
                self.merch = self.w.staff("merch").await;
                self.manager = self.w.staff("sh07-manager").await;
                self.done.push(format!("{minutes} minutes pass"));
            }
        }
    }

    /// What holds after every step.
    async fn holds(&self) {
        let row = self.row().await;
        let what = || format!("{row:?}\n{:#?}", self.done);
        let Some(price) = row.price else { return };
        let (shown, charged) = (prices::shown(&self.w, &self.sku).await, prices::quoted(&self.w, &self.sku).await);
        assert_eq!((shown, charged), (price, price), "what is shown is what is charged: {}", what());
        assert!(price >= row.floor, "below the floor: {}", what());
        // A limited-time price is a percentage, rounded: a fen less than the least own price may be inside of it.
        let least = if row.own == Some(price) { row.least } else { Fen(row.least.0 - 1) };
        let inside = price == row.hq || price == row.floor || (least..=row.most).contains(&price);
        assert!(inside || self.approved.contains(&price), "{price} is charged and nobody approved it: {}", what());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sixty_steps_of_hq_a_store_and_the_clock_when_looked_at_after_each_then_nothing_unapproved_is_charged_and_every_chain_holds() {
    let seed = std::env::var("LIANDIAN_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_261_129);
    let mut play = Box::pin(Play::begin()).await;
    let mut dice = Dice(seed);
    for _ in 0..STEPS {
        Box::pin(play.step(&mut dice)).await;
        Box::pin(play.holds()).await;
    }
    let chains = play.w.stack.app.tables.chains().await.unwrap();
    assert!(chains.flaws.is_empty() && chains.entries > 0, "{:?}\n{:#?}", chains.flaws, play.done);
    play.w.stack.stop().await;
}

//! 本地商品: goods that one store adds itself, and the documents (资质) that they need.
//!
//! Their first showing is always reviewed by HQ, whatever a policy says. A document that expires takes the goods off sale in that moment, with no
//! worker in between: what is on sale is computed from the time. Orders placed before are served; they do not ask this module.

use std::collections::BTreeSet;

use liandian_types::{Code, Problem, StaffId, StoreId, Timestamp, text};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    catalog::product::{Product, ProductStatus},
    conflict,
};

/// Documents of one product.
pub const MOST_DOCUMENTS: usize = 20;
/// Bytes of one document's file.
pub const LARGEST_DOCUMENT: u32 = 10_000_000;
/// Days before the end of a document on which the store is told.
pub const WARNED: [u32; 3] = [30, 7, 1];

/// What a document certifies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 营业执照
    BusinessLicence,
    /// 食品经营许可证
    FoodPermit,
    /// 食品生产许可证
    ProductionPermit,
    /// 检验报告
    InspectionReport,
    /// 商标授权书
    TrademarkLicence,
    /// 化妆品备案
    CosmeticsFiling,
    /// Another, by its name.
    Other(String),
}

impl DocumentKind {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::BusinessLicence => "营业执照",
            Self::FoodPermit => "食品经营许可证",
            Self::ProductionPermit => "食品生产许可证",
            Self::InspectionReport => "检验报告",
            Self::TrademarkLicence => "商标授权书",
            Self::CosmeticsFiling => "化妆品备案",
            Self::Other(name) => name,
        }
    }

    /// The one that is called so.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let known =
            [Self::BusinessLicence, Self::FoodPermit, Self::ProductionPermit, Self::InspectionReport, Self::TrademarkLicence, Self::CosmeticsFiling];
        known.into_iter().find(|k| k.name() == name).unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

/// 资质: a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it certifies.
    pub kind: DocumentKind,
    /// The number on it.
    pub number: String,
    /// From this moment on it certifies nothing: the end of its last day where the store is. Absent when it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Address of its file, which is no public one.
    pub file: String,
    /// Bytes of its file.
    pub bytes: u32,
}

impl Document {
    /// Is it over?
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

/// What HQ says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Review {
    /// The store is still at it.
    Draft,
    /// HQ is asked.
    Waiting {
        /// By whom.
        by: StaffId,
        /// Since when.
        at: Timestamp,
    },
    /// HQ said yes.
    Approved {
        /// Who.
        by: StaffId,
        /// When.
        at: Timestamp,
    },
    /// HQ said no.
    Rejected {
        /// Who.
        by: StaffId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// That a document ends soon, or has ended (0 days).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// What it certifies.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// When it ends: with another end it is another document.
    pub expires: Timestamp,
    /// How many days before this warning belongs to; 0 when it is over.
    pub days: u32,
}

/// A store's own product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalProduct {
    /// The store.
    pub store: StoreId,
    /// The product.
    pub product: Product,
    /// Its documents.
    pub documents: Vec<Document>,
    /// What HQ says.
    pub review: Review,
    /// HQ has said yes before: what follows is reviewed only where a policy wants it.
    #[serde(default)]
    pub approved_before: bool,
    /// Warnings that the store was given.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub warned: BTreeSet<Warning>,
    /// Counts the changes.
    #[serde(default)]
    pub version: u64,
}

impl LocalProduct {
    /// A store begins one.
    #[must_use]
    pub fn begin(store: StoreId, product: Product) -> Self {
        Self { store, product, documents: Vec::new(), review: Review::Draft, approved_before: false, warned: BTreeSet::new(), version: 0 }
    }

    /// What is wrong with its documents, each with its field. `needed` are the kinds that goods of its category must have.
    #[must_use]
    pub fn problems(&self, needed: &[DocumentKind], now: Timestamp) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut bad = |field: String, why: String| found.push(Problem::new(Code::BadRequest, why).at(field));
        if self.documents.len() > MOST_DOCUMENTS {
            bad("documents".into(), format!("资质最多 {MOST_DOCUMENTS} 份"));
        }
        for (i, d) in self.documents.iter().enumerate() {
            let field = |name: &str| format!("documents[{i}].{name}");
            if d.kind.name().trim().is_empty() || d.kind.name().chars().count() > 20 || text::unfit(d.kind.name()).is_some() {
                bad(field("kind"), "请填写资质类型".into());
            }
            if d.number.trim().is_empty() || d.number.len() > 60 || text::unfit(&d.number).is_some() {
                bad(field("number"), format!("请填写{}的编号", d.kind.name()));
            }
            if d.file.is_empty() || d.file.len() > 200 || !d.file.bytes().all(|b| b.is_ascii_graphic()) {
                bad(field("file"), format!("请上传{}", d.kind.name()));
            }
            if d.bytes > LARGEST_DOCUMENT {
                bad(field("file"), format!("文件不能超过 {} MB", LARGEST_DOCUMENT / 1_000_000));
            }
            if d.is_expired(now) {
                bad(field("expires"), format!("{}已过期", d.kind.name()));
            }
            if self.documents[..i].iter().any(|other| other.kind == d.kind && other.number == d.number) {
                bad(field("number"), format!("{}重复", d.kind.name()));
            }
        }
        for kind in needed {
            if !self.documents.iter().any(|d| d.kind == *kind && !d.is_expired(now)) {
                bad("documents".into(), format!("缺少有效的{}", kind.name()));
            }
        }
        found
    }

    /// The store asks HQ.
    ///
    /// # Errors
    /// `conflict` when HQ is asked or has said yes already; `bad_request` with the first thing that is wrong.
    pub fn submit(&self, needed: &[DocumentKind], by: StaffId, now: Timestamp) -> Refusable<Self> {
        match self.review {
            Review::Waiting { .. } => return conflict("已提交审核，请等待总部处理"),
            Review::Approved { .. } => return conflict("已通过审核"),
            Review::Draft | Review::Rejected { .. } => {}
        }
        match self.problems(needed, now).into_iter().next() {
            Some(wrong) => Err(wrong),
            None => Ok(self.reviewed(Review::Waiting { by, at: now })),
        }
    }

    /// The store takes it back.
    ///
    /// # Errors
    /// `conflict` when HQ is not asked.
    pub fn withdraw(&self) -> Refusable<Self> {
        match self.review {
            Review::Waiting { .. } => Ok(self.reviewed(Review::Draft)),
            _ => conflict("没有等待审核的申请"),
        }
    }

    /// HQ says yes.
    ///
    /// # Errors
    /// `conflict` when HQ is not asked, when it was changed since HQ looked at it, or when a document ended meanwhile.
    pub fn approve(&self, seen: u64, by: StaffId, now: Timestamp) -> Refusable<Self> {
        self.waiting(seen)?;
        if let Some(d) = self.documents.iter().find(|d| d.is_expired(now)) {
            return conflict(format!("{}已过期，不能通过", d.kind.name()));
        }
        Ok(Self { approved_before: true, ..self.reviewed(Review::Approved { by, at: now }) })
    }

    /// HQ says no.
    ///
    /// # Errors
    /// As for [`LocalProduct::approve`]; `bad_request` without a reason.
    pub fn reject(&self, seen: u64, by: StaffId, now: Timestamp, reason: &str) -> Refusable<Self> {
        self.waiting(seen)?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 || text::unfit(reason).is_some() {
            return Err(Problem::new(Code::BadRequest, "请填写不通过的原因（最多 200 个字）").at("reason"));
        }
        Ok(self.reviewed(Review::Rejected { by, at: now, reason: reason.to_owned() }))
    }

    fn waiting(&self, seen: u64) -> Refusable<()> {
        if seen != self.version {
            return conflict("申请已变化，请刷新后重试");
        }
        if matches!(self.review, Review::Waiting { .. }) { Ok(()) } else { conflict("没有等待审核的申请") }
    }

    fn reviewed(&self, review: Review) -> Self {
        Self { review, version: self.version + 1, ..self.clone() }
    }

    /// The store changes it. `needs_review` is what its policy says of this change; before HQ's first yes, and for what HQ has not yet answered or
    /// has refused, it counts for nothing: what HQ approves is what it has seen.
    ///
    /// # Errors
    /// `conflict` when it was changed since the store looked at it.
    pub fn revise(&self, product: Product, documents: Vec<Document>, seen: u64, needs_review: bool) -> Refusable<Self> {
        if seen != self.version {
            return conflict("商品已被别人修改，请刷新后重试");
        }
        if product.spu != self.product.spu {
            return Err(Problem::new(Code::BadRequest, "商品编码不能修改").at("product.spu"));
        }
        if product == self.product && documents == self.documents {
            return Ok(self.clone());
        }
        let stays = matches!(self.review, Review::Approved { .. }) && !needs_review;
        let review = if stays { self.review.clone() } else { Review::Draft };
        Ok(Self { product, documents, review, version: self.version + 1, ..self.clone() })
    }

    /// Do customers see it and may they order it?
    #[must_use]
    pub fn is_on_sale(&self, now: Timestamp) -> bool {
        self.approved_before
            && matches!(self.review, Review::Approved { .. })
            && self.product.status == ProductStatus::On
            && !self.documents.iter().any(|d| d.is_expired(now))
    }

    /// What the store is to be told now. Of several days that have passed the last counts alone: who is told "tomorrow" is not told "in a month".
    #[must_use]
    pub fn warnings_due(&self, now: Timestamp) -> Vec<Warning> {
        self.documents
            .iter()
            .filter_map(|d| {
                let expires = d.expires?;
                let days = if d.is_expired(now) { 0 } else { WARNED.into_iter().filter(|days| told_at(expires, *days) <= now).min()? };
                let warning = Warning { kind: d.kind.clone(), number: d.number.clone(), expires, days };
                let told = self.warned.iter().any(|w| w.days <= days && (&w.kind, &w.number, w.expires) == (&d.kind, &d.number, expires));
                (!told).then_some(warning)
            })
            .collect()
    }

    /// That the store was told. It is no change of the goods, so their version stays.
    #[must_use]
    pub fn told(&self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        let mut next = self.clone();
        next.warned.extend(warnings);
        // What was said of documents that are no longer there is no longer needed.
        let Self { warned, documents, .. } = &mut next;
        warned.retain(|w| documents.iter().any(|d| (&d.kind, &d.number, d.expires) == (&w.kind, &w.number, Some(w.expires))));
        next
    }

    /// When something is to be told, or ends, next: the moment for which to set a timer.
    #[must_use]
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let moments = self.documents.iter().filter_map(|d| d.expires).flat_map(|end| WARNED.map(|days| told_at(end, days)).into_iter().chain([end]));
        moments.filter(|at| *at > now).min()
    }

    /// For when its timer is set: at once while nobody was told of an end that has passed. Whoever saves it between that moment and the sweep would
    /// else set the timer past it, and of an end nothing comes after.
    #[must_use]
    pub fn timer(&self, now: Timestamp) -> Option<Timestamp> {
        let untold = self.warnings_due(now).iter().any(|w| w.days == 0);
        if untold { Some(now) } else { self.next_due(now) }
    }
}

fn told_at(expires: Timestamp, days: u32) -> Timestamp {
    expires.plus(-i64::from(days) * Timestamp::DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::product::tests::milk;
    use proptest::prelude::*;

    const END: Timestamp = Timestamp(100 * Timestamp::DAY);

    fn who() -> StaffId {
        "stf_wang".parse().unwrap()
    }

    fn permit(number: &str, expires: Option<Timestamp>) -> Document {
        Document { kind: DocumentKind::FoodPermit, number: number.into(), expires, file: "documents/1.pdf".into(), bytes: 90_000 }
    }

    fn begun() -> LocalProduct {
        LocalProduct { documents: vec![permit("JY1", Some(END))], ..LocalProduct::begin("sto_sh01".parse().unwrap(), milk()) }
    }

    fn day(n: i64) -> Timestamp {
        Timestamp(n * Timestamp::DAY)
    }

    fn approved() -> LocalProduct {
        begun().submit(&[DocumentKind::FoodPermit], who(), day(1)).unwrap().approve(1, who(), day(2)).unwrap()
    }

    #[test]
    fn given_a_first_showing_when_no_policy_wants_a_review_then_hq_reviews_it_all_the_same() {
        let p = begun();
        assert!(!p.is_on_sale(day(1)));
        // Editing does not get it past HQ, at any step.
        let edited = p.revise(Product { rank: 1, ..milk() }, p.documents.clone(), 0, false).unwrap();
        assert!(!edited.is_on_sale(day(1)));
        let waiting = edited.submit(&[], who(), day(1)).unwrap();
        assert_eq!(waiting.submit(&[], who(), day(1)).unwrap_err().code, Code::Conflict);
        let seen = waiting.version;
        let changed = waiting.revise(Product { name: "别的".into(), ..milk() }, waiting.documents.clone(), seen, false).unwrap();
        assert_eq!((changed.review.clone(), changed.approve(seen, who(), day(2)).unwrap_err().code), (Review::Draft, Code::Conflict));
        assert!(waiting.approve(seen, who(), day(2)).unwrap().is_on_sale(day(2)));
        assert_eq!(waiting.withdraw().unwrap().review, Review::Draft);
        let rejected = waiting.reject(seen, who(), day(2), " 标签不清 ").unwrap();
        assert!(!rejected.is_on_sale(day(2)) && matches!(&rejected.review, Review::Rejected { reason, .. } if reason == "标签不清"));
        assert_eq!(waiting.reject(seen, who(), day(2), " ").unwrap_err().field.as_deref(), Some("reason"));
    }

    #[test]
    fn given_approved_goods_when_changed_then_the_policy_says_whether_hq_looks_again() {
        let p = approved();
        assert!(p.is_on_sale(day(3)));
        let change = |review| p.revise(Product { rank: 9, ..milk() }, p.documents.clone(), p.version, review).unwrap();
        assert!(change(false).is_on_sale(day(3)) && !change(true).is_on_sale(day(3)));
        assert_eq!(p.revise(milk(), Vec::new(), 0, false).unwrap_err().code, Code::Conflict);
        assert_eq!(p.revise(milk(), p.documents.clone(), p.version, true).unwrap(), p, "nothing changed");
    }

    #[test]
    fn given_a_document_that_ends_tonight_when_it_ends_then_the_goods_are_off_sale_in_that_moment() {
        let p = approved();
        assert!(p.is_on_sale(END.plus(-1)) && !p.is_on_sale(END));
        assert_eq!(begun().submit(&[], who(), END).unwrap_err().field.as_deref(), Some("documents[0].expires"));
        let waiting = begun().submit(&[], who(), day(1)).unwrap();
        assert_eq!(waiting.approve(1, who(), END).unwrap_err().code, Code::Conflict);
        // With a new document HQ is asked once more, and it sells again.
        let renewed = p.revise(milk(), vec![permit("JY2", Some(day(900)))], p.version, true).unwrap();
        let renewed = renewed.submit(&[DocumentKind::FoodPermit], who(), END).unwrap();
        assert!(renewed.approve(renewed.version, who(), END).unwrap().is_on_sale(day(101)));
    }

    #[test]
    fn given_days_that_pass_when_looked_at_then_the_store_is_told_30_7_and_1_days_before_and_at_the_end() {
        let mut p = approved();
        let mut told = Vec::new();
        for n in 60..110 {
            let due = p.warnings_due(day(n));
            told.extend(due.iter().map(|w| (n, w.days)));
            p = p.told(due);
        }
        assert_eq!(told, [(70, 30), (93, 7), (99, 1), (100, 0)]);
        // A worker that slept tells the last one alone.
        assert_eq!(approved().warnings_due(day(98)).iter().map(|w| w.days).collect::<Vec<_>>(), [7]);
        assert_eq!([1, 70, 95, 99, 100].map(|n| approved().next_due(day(n))), [Some(day(70)), Some(day(93)), Some(day(99)), Some(END), None]);
        // Saved when it has just ended and nobody was told: the timer waits for that, and for nothing once it was told.
        assert_eq!([98, 99].map(|n| approved().timer(day(n))), [Some(day(99)), Some(END)]);
        let ended = approved();
        assert_eq!((ended.timer(END), ended.told(ended.warnings_due(END)).timer(END)), (Some(END), None));
        // A new document with a new end is warned of anew, and the old one's warnings go.
        let renewed = LocalProduct { documents: vec![permit("JY1", Some(day(130)))], ..p };
        let due = renewed.warnings_due(day(105));
        assert_eq!(due.iter().map(|w| w.days).collect::<Vec<_>>(), [30]);
        assert_eq!(renewed.told(due).warned.len(), 1);
    }

    #[test]
    fn given_documents_with_mistakes_when_checked_then_each_field_is_named() {
        let bad =
            Document { kind: DocumentKind::Other(" ".into()), number: String::new(), expires: Some(day(1)), file: "文件".into(), bytes: u32::MAX };
        let p = LocalProduct { documents: vec![bad, permit("JY1", None), permit("JY1", None)], ..begun() };
        let fields: Vec<_> = p.problems(&[DocumentKind::InspectionReport], day(2)).into_iter().filter_map(|p| p.field).collect();
        let first = ["documents[0].kind", "documents[0].number", "documents[0].file", "documents[0].file", "documents[0].expires"];
        assert_eq!(fields[..5], first);
        assert_eq!(fields[5..], ["documents[2].number", "documents"]);
        assert_eq!(serde_json::from_str::<LocalProduct>(&serde_json::to_string(&p).unwrap()).unwrap(), p);
    }

    proptest! {
        #[test]
        fn given_any_steps_when_taken_then_nothing_is_on_sale_that_hq_has_not_approved(
            steps in proptest::collection::vec((0_u8..6, any::<bool>()), 0..30)
        ) {
            let mut p = begun();
            let mut yes = false;
            for (i, (step, review)) in steps.into_iter().enumerate() {
                let seen = p.version;
                let next = match step {
                    0 => p.submit(&[], who(), day(1)),
                    1 => p.withdraw(),
                    2 => p.approve(seen, who(), day(1)),
                    3 => p.reject(seen, who(), day(1), "不行"),
                    4 => p.approve(seen.wrapping_sub(1), who(), day(1)),
                    _ => p.revise(Product { rank: u32::try_from(i).unwrap() + 10, ..milk() }, p.documents.clone(), seen, review),
                };
                if let Ok(next) = next {
                    yes |= step == 2;
                    p = next;
                }
                prop_assert!(yes || !p.is_on_sale(day(1)));
                prop_assert!(!p.is_on_sale(END));
            }
        }
    }
}

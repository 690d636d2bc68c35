//! Time slots for pickup and delivery: what a customer may book, and what a store sees of it.

use serde::{Deserialize, Serialize};

use crate::{Fulfilment, StoreId};

/// How full a slot is, for who wants to book it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SlotState {
    /// There is room.
    Open,
    /// There is little room.
    Few,
    /// There is none.
    Full,
    /// It begins too soon to be booked, or before the goods are there.
    Over,
    /// The store has closed it.
    Closed,
}

impl SlotState {
    /// May it be booked?
    #[must_use]
    pub fn bookable(self) -> bool {
        matches!(self, Self::Open | Self::Few)
    }

    /// In Chinese, for a customer.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "可约",
            Self::Few => "即将约满",
            Self::Full => "约满",
            Self::Over => "已截止",
            Self::Closed => "暂停预约",
        }
    }
}

/// A slot that may be booked, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlotView {
    /// By which an order names it: when it begins, by the store's clock, `2026-11-29T10:00`.
    pub slot: String,
    /// `10:00–10:30`
    pub text: String,
    /// How full it is.
    pub state: SlotState,
    /// How many more orders it takes.
    pub left: u32,
}

/// The slots of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlotDay {
    /// `2026-11-29`
    pub day: String,
    /// `今天`, `明天`, or `12-01 周二`.
    pub title: String,
    /// Its slots, in order.
    pub slots: Vec<SlotView>,
}

bodies! {
    /// A store's slots with their fullness, and what it may change of them.
    StoreSlots {
        /// The store.
        store: StoreId,
        /// How long a slot is, in minutes.
        minutes: u32,
        /// So many minutes before it begins a slot is no longer booked.
        cutoff: u32,
        /// For pickup: what the rules say.
        pickup: SlotLimits,
        /// For delivery: the same.
        delivery: SlotLimits,
        /// The days that customers may book, this one first.
        days: Vec<StoreSlotDay>,
    }

    /// What the rules say about slots of a way.
    SlotLimits {
        /// Orders of a slot; 0: there are no slots.
        capacity: u32,
        /// The most that the store may set by itself.
        most: u32,
    }

    /// A day of a store's slots.
    StoreSlotDay {
        /// `2026-11-29`
        day: String,
        /// `今天`, `明天`, or `12-01 周二`.
        title: String,
        /// Its slots, in order.
        slots: Vec<StoreSlot>,
    }

    /// A slot, as its store sees it.
    StoreSlot {
        /// When it begins, by the store's clock.
        slot: String,
        /// `10:00–10:30`
        text: String,
        /// It is not booked any more.
        over: bool,
        /// For pickup.
        pickup: SlotFill,
        /// For delivery.
        delivery: SlotFill,
    }

    /// How full a slot is for a way.
    SlotFill {
        /// Orders that have it.
        booked: u32,
        /// Orders that it takes.
        capacity: u32,
        /// The store has said so by itself.
        own: bool,
        /// How often the store has changed it: who changes it names what was seen.
        version: u64,
    }

    /// A store changes how many orders a slot takes.
    SetSlot {
        /// Which: when it begins, by the store's clock.
        slot: String,
        /// For which way.
        fulfilment: Fulfilment,
        /// So many orders; 0 closes it; absent: as the rules say again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capacity: Option<u32>,
        /// The version that was seen.
        version: u64,
        /// Why: 1 to 100 characters.
        why: String,
    }
}

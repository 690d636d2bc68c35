//! Payments.

use serde::{Deserialize, Serialize};

use crate::{Fen, OrderId, OrderState, StoreId, Timestamp};

bodies! {
    /// How to pay: what `wx.requestPayment` wants, and where a browser goes.
    PaymentStart {
        /// The provider's prepay id.
        prepay_id: String,
        /// Parameters of `wx.requestPayment`.
        app_id: String,
        /// Seconds since the epoch.
        time_stamp: String,
        /// Nonce.
        nonce_str: String,
        /// `prepay_id=…`
        package: String,
        /// `RSA`
        sign_type: String,
        /// Signature over the above.
        pay_sign: String,
        /// Where a browser outside of WeChat goes to pay.
        pay_url: String,
    }

    /// What is known of an order's payment, the provider having been asked.
    PaymentCheck {
        /// Where the order stands now.
        state: OrderState,
        /// Is its money in?
        paid: bool,
    }

    /// A payment that its order did not need.
    ExtraPaymentRow {
        /// The order.
        order: OrderId,
        /// The order's store.
        store: StoreId,
        /// How much.
        amount: Fen,
        /// When it was told.
        told_at: Timestamp,
        /// When it was back; absent while it is on its way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned_at: Option<Timestamp>,
    }
}

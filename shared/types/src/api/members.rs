//! Members: sessions and address books.

use serde::{Deserialize, Serialize};

use crate::{AddressId, GeoPoint, MemberId, Timestamp};

bodies! {
    /// Log a mini-program user in: the code that `wx.login` gave.
    LoginRequest {
        /// The `js_code`; works once.
        code: String,
    }

    /// Who is logged in.
    Session {
        /// The member.
        member: MemberId,
        /// What to call them.
        nickname: String,
        /// When the session ends.
        expires: Timestamp,
        /// The bearer token, for the mini-program shell and other clients without cookies.
        token: String,
    }

    /// A ticket for the web-view's URL.
    Ticket {
        /// Works once, for five minutes.
        ticket: String,
        /// The path to open in the web-view, with the ticket in it.
        path: String,
    }

    /// Ask for a ticket.
    TicketRequest {
        /// The `js_code` that `wx.login` gave.
        code: String,
        /// Where the web-view shall end up: a path of this shop, e.g. `/s/sto_sh01`.
        to: String,
    }

    /// Ask for the number that WeChat knows.
    PhoneRequest {
        /// The code that WeChat's `getPhoneNumber` button gave; works once.
        code: String,
    }

    /// A telephone number of the member.
    PhoneNumber {
        /// Mainland mobile number, 11 digits.
        phone: String,
    }

    /// An address of a member's book, in clear: only its member reads it.
    SavedAddress {
        /// Its id.
        address: AddressId,
        /// Name.
        name: String,
        /// Mainland mobile number, 11 digits.
        phone: String,
        /// `上海市静安区`
        district: String,
        /// Street and door.
        street: String,
        /// Where that is.
        point: GeoPoint,
    }

    /// A member's address book.
    AddressList {
        /// The one used last first; at most 20.
        addresses: Vec<SavedAddress>,
    }

    /// Keep an address, in front of the others.
    SaveAddress {
        /// Which one to change; absent for a new one. The same address once more only moves up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<AddressId>,
        /// Name.
        name: String,
        /// Mainland mobile number, 11 digits.
        phone: String,
        /// `上海市静安区`
        district: String,
        /// Street and door.
        street: String,
        /// Where that is; must fit the district and the street's words.
        point: GeoPoint,
    }

    /// A district of China.
    DistrictView {
        /// Code by GB/T 2260, e.g. `310106`.
        code: String,
        /// `上海市静安区`
        name: String,
        /// Near its middle.
        point: GeoPoint,
    }

    /// Districts around a point, or by name.
    DistrictList {
        /// The nearest or best match first; at most 12.
        districts: Vec<DistrictView>,
    }
}

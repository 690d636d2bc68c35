//! Members: sessions and address books.

use serde::{Deserialize, Serialize};

use super::StorePermit;
use crate::{AddressId, GeoPoint, LegalKind, MemberId, OrderTab, StaffId, StoreId, Timestamp};

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

    /// A version of a document that customers are asked to agree to.
    LegalVersion {
        /// Which document.
        kind: LegalKind,
        /// Which version of it, from 1.
        number: u32,
        /// From when on it is in force.
        from: Timestamp,
        /// The same day in China, `2026-11-28`.
        from_text: String,
        /// Is it the one that is in force?
        in_force: bool,
        /// Will it be?
        coming: bool,
        /// Who published it; HQ sees that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<StaffId>,
        /// The person's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When it was published, in China.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        at_text: String,
    }

    /// All versions of the documents, as HQ keeps them.
    LegalSheet {
        /// The newest first, document by document.
        versions: Vec<LegalVersion>,
        /// How often something was published. Who publishes says which version was seen: when it is another by now, it is a conflict.
        version: u64,
    }

    /// Publish another version of a document.
    PublishLegal {
        /// Which document.
        kind: LegalKind,
        /// The first day (China's) on which it is in force, `2026-12-01`: not before today, and after the version before; empty for at once.
        #[serde(default)]
        from: String,
        /// What it says: plain text, an empty line between paragraphs.
        text: String,
        /// The version of the sheet that was seen.
        version: u64,
    }

    /// A document with the text of one of its versions.
    LegalPage {
        /// The version that is shown.
        shown: LegalVersion,
        /// What it says.
        text: String,
        /// All versions that are or were in force, and those that were announced; the newest first.
        versions: Vec<LegalVersion>,
    }

    /// What a member said to a document once.
    ConsentEntry {
        /// To which version.
        number: u32,
        /// Agreed, or took it back?
        given: bool,
        /// When.
        at: Timestamp,
        /// The same in China, `2026-11-23 16:40`: a ledger is kept for years.
        at_text: String,
    }

    /// Where a member's consent to a document stands.
    ConsentView {
        /// To which document.
        kind: LegalKind,
        /// The version in force; absent while there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<u32>,
        /// Since when it is, `2026-11-28`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        from_text: String,
        /// The version that the member agrees to; absent when to none, or not any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreed: Option<u32>,
        /// Is the member to be asked, for the version in force is not the one that was agreed to?
        needed: bool,
        /// What was said, newest first.
        history: Vec<ConsentEntry>,
    }

    /// A member's consents.
    ConsentList {
        /// One for each document.
        consents: Vec<ConsentView>,
        /// Is there something to be asked for before the next order?
        needed: bool,
    }

    /// A version of a document.
    AgreedVersion {
        /// Which document.
        kind: LegalKind,
        /// Which version.
        number: u32,
    }

    /// Agree to what was read.
    GiveConsents {
        /// The versions in force that were shown; another one is refused, for it was not read.
        agreed: Vec<AgreedVersion>,
    }

    /// How many of a member's latest orders are under a tab.
    TabCount {
        /// Which.
        tab: OrderTab,
        /// So many of the latest orders.
        orders: u32,
    }

    /// How a store can be reached by whoever shops there.
    CustomerService {
        /// The store.
        store: StoreId,
        /// Its name.
        name: String,
        /// Its telephone; empty when it has none.
        phone: String,
        /// How else its service is reached: a WeChat id, another number; empty when no other way is known.
        service: String,
        /// The picture or the invitation of its member group; empty when it has none.
        group: String,
        /// When somebody is there.
        hours: String,
    }

    /// A member as the page 我的 shows them.
    MemberView {
        /// What to call them.
        nickname: String,
        /// The telephone of the address used last, masked; absent without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        /// Addresses in the book.
        addresses: u32,
        /// Coupons that can be used now.
        coupons: u32,
        /// The latest orders by where they stand.
        orders: Vec<TabCount>,
        /// Is there a consent to be asked for before the next order?
        consent_needed: bool,
        /// Of the store looked at last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<CustomerService>,
    }

    /// Be called otherwise.
    SetNickname {
        /// 1 to 20 characters.
        nickname: String,
    }

    /// The documents by which a store does its business, for everybody to read.
    StoreLicences {
        /// The store.
        store: StoreId,
        /// Its name.
        name: String,
        /// Where it is.
        address: String,
        /// Its documents: name, number, and until when they hold.
        permits: Vec<StorePermit>,
    }
}

//! A member's address book: whom goods are brought to and where, the one used last first.

use liandian_types::{
    AddressId, Code, Problem,
    api::{SaveAddress, SavedAddress},
    text,
};

/// The most addresses of a member.
pub const MAX_ADDRESSES: usize = 20;

/// Puts an address in front of the others: `save.address` is changed when it is named, the same one (but for its point) moves up, any
/// other is added under `id`.
///
/// # Errors
/// `not_found` for an address that is not in the book, `conflict` when the book is full.
pub fn saved(mut book: Vec<SavedAddress>, save: SaveAddress, id: AddressId) -> Result<Vec<SavedAddress>, Problem> {
    let phone = text::phone(&save.phone).unwrap_or_else(|| save.phone.trim().to_owned());
    let same =
        |a: &SavedAddress| a.name == save.name.trim() && a.phone == phone && a.district == save.district.trim() && a.street == save.street.trim();
    let at = match &save.address {
        Some(named) => Some(book.iter().position(|a| a.address == *named).ok_or_else(|| Problem::new(Code::NotFound, "没有找到该地址"))?),
        None => book.iter().position(same),
    };
    let address = match at {
        Some(at) => book.remove(at).address,
        None if book.len() >= MAX_ADDRESSES => {
            return Err(Problem::new(Code::Conflict, format!("地址簿最多 {MAX_ADDRESSES} 个地址，请先删除不用的")));
        }
        None => id,
    };
    // A changed address that now says the same as another one is that one.
    book.retain(|a| !same(a));
    let trimmed = |t: &str| t.trim().to_owned();
    let new = SavedAddress {
        address,
        name: trimmed(&save.name),
        phone,
        district: trimmed(&save.district),
        street: trimmed(&save.street),
        point: save.point,
    };
    book.insert(0, new);
    Ok(book)
}

/// The book without an address; it may be gone already.
#[must_use]
pub fn removed(mut book: Vec<SavedAddress>, address: &AddressId) -> Vec<SavedAddress> {
    book.retain(|a| a.address != *address);
    book
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandian_types::GeoPoint;

    fn save(street: &str) -> SaveAddress {
        SaveAddress {
            address: None,
            name: "欧阳测试".into(),
            phone: "13987650123".into(),
            district: "上海市静安区".into(),
            street: street.into(),
            point: GeoPoint { lat: 31.2, lng: 121.4 },
        }
    }

    fn id(n: usize) -> AddressId {
        AddressId::from_tail(n).unwrap()
    }

    fn ids(book: &[SavedAddress]) -> Vec<&str> {
        book.iter().map(|a| a.address.as_str()).collect()
    }

    #[test]
    fn given_addresses_when_saved_then_the_last_used_is_first_and_none_is_there_twice() {
        let book = saved(Vec::new(), save("幸福里 1 号"), id(1)).unwrap();
        let book = saved(book, save("幸福里 2 号"), id(2)).unwrap();
        assert_eq!(ids(&book), ["adr_2", "adr_1"]);
        let book = saved(book, save(" 幸福里 1 号 "), id(3)).unwrap();
        assert_eq!(ids(&book), ["adr_1", "adr_2"], "the same moves up and keeps its id");
        let book = saved(book, SaveAddress { phone: "+86 139-8765-0123".into(), ..save("幸福里 1 号") }, id(3)).unwrap();
        assert_eq!(ids(&book), ["adr_1", "adr_2"], "a phone number is the same however it is typed");
        assert_eq!(book[0].phone, "13987650123");
        let book = saved(book, SaveAddress { address: Some(id(2)), ..save("幸福里 1 号") }, id(4)).unwrap();
        assert_eq!(ids(&book), ["adr_2"], "changed into the other one, it is that one");
        assert!(removed(book, &id(2)).is_empty());
    }

    #[test]
    fn given_a_full_book_when_another_is_saved_then_it_is_refused_and_a_known_one_still_moves_up() {
        let book = (0..MAX_ADDRESSES).fold(Vec::new(), |book, n| saved(book, save(&format!("{n} 号")), id(n)).unwrap());
        assert_eq!(saved(book.clone(), save("又一个"), id(99)).unwrap_err().code, Code::Conflict);
        assert_eq!(saved(book.clone(), save("3 号"), id(99)).unwrap()[0].address, id(3));
        assert_eq!(saved(book, SaveAddress { address: Some(id(77)), ..save("3 号") }, id(99)).unwrap_err().code, Code::NotFound);
    }
}

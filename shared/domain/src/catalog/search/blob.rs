//! An index as bytes: small enough for at most three items of a table, which are the three reads of a query.
//!
//! Numbers are varints, texts that come again are written once, barcodes are numbers. What can be computed from a row (its squeezed texts, its
//! signature) is not written; what needs the dictionary (where words begin, how characters sound) is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use liandian_types::{Code, Fen, Problem, SkuId, SpuId, Timestamp};

use super::{Index, SearchRow, entry::Entry};
use crate::Refusable;

/// First bytes of an index, with the number of the form.
const MAGIC: &[u8; 4] = b"LDX1";
/// Bytes of one part: an item of the table holds 400 KB with its keys.
pub const LARGEST_PART: usize = 390_000;
/// Parts of one index.
pub const MOST_PARTS: usize = 3;
/// Bytes before the content of a part: version, number, how many.
const HEAD: usize = 10;

/// These bytes are no index: cut off, of another form, or of parts that do not belong together. It is built anew from the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadBlob;

impl fmt::Display for BadBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these bytes are no search index")
    }
}

impl std::error::Error for BadBlob {}

fn put_number(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n.to_le_bytes()[0] | 0x80);
        n >>= 7;
    }
    out.push(n.to_le_bytes()[0]);
}

fn put_signed(out: &mut Vec<u8>, n: i64) {
    put_number(out, (n.wrapping_shl(1) ^ (n >> 63)).cast_unsigned());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn number(&mut self) -> Result<u64, BadBlob> {
        let (mut n, mut shift) = (0_u64, 0_u32);
        loop {
            let (first, rest) = self.0.split_first().ok_or(BadBlob)?;
            self.0 = rest;
            let bits = u64::from(first & 0x7f);
            if shift > 63 || shift == 63 && bits > 1 {
                return Err(BadBlob);
            }
            n |= bits << shift;
            if first & 0x80 == 0 {
                return Ok(n);
            }
            shift += 7;
        }
    }

    fn signed(&mut self) -> Result<i64, BadBlob> {
        let n = self.number()?;
        Ok((n >> 1).cast_signed() ^ -((n & 1).cast_signed()))
    }

    fn small(&mut self) -> Result<u32, BadBlob> {
        u32::try_from(self.number()?).map_err(|_| BadBlob)
    }

    /// How many of something follow: never more than there are bytes left, so that a broken number asks for no memory.
    fn count(&mut self) -> Result<usize, BadBlob> {
        let n = usize::try_from(self.number()?).map_err(|_| BadBlob)?;
        if n > self.0.len() { Err(BadBlob) } else { Ok(n) }
    }

    fn text(&mut self) -> Result<&'a str, BadBlob> {
        let n = self.count()?;
        let (text, rest) = self.0.split_at(n);
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| BadBlob)
    }
}

/// The part of an id after its prefix, which every id of a kind has.
fn tail(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, tail)| tail)
}

impl Index {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Texts that come again, each once.
        let mut texts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut used: BTreeSet<char> = BTreeSet::new();
        for row in self.rows() {
            let shared = row.attributes.iter().chain(row.categories.iter().flat_map(|(key, name)| [key, name])).chain([&row.brand]);
            texts.extend(shared.map(|t| (t.as_str(), 0)));
            used.extend(row.name.chars().chain(row.spec.chars()).chain(row.brand.chars()));
        }
        let mut out = MAGIC.to_vec();
        put_number(&mut out, self.version);
        put_number(&mut out, texts.len() as u64);
        for (i, (text, number)) in texts.iter_mut().enumerate() {
            *number = i as u64;
            put_text(&mut out, text);
        }
        let sounds: Vec<(&char, &String)> = self.sounds.iter().filter(|(c, _)| used.contains(c)).collect();
        put_number(&mut out, sounds.len() as u64);
        for (c, sound) in sounds {
            put_number(&mut out, u64::from(u32::from(*c)));
            put_text(&mut out, sound);
        }
        let number = |text: &str| texts.get(text).copied().unwrap_or(0);
        put_number(&mut out, self.entries.len() as u64);
        for e in self.entries.values() {
            let row = &e.row;
            put_text(&mut out, tail(row.sku.as_str()));
            put_text(&mut out, tail(row.spu.as_str()));
            put_text(&mut out, &row.name);
            put_text(&mut out, &row.spec);
            put_number(&mut out, number(&row.brand));
            put_number(&mut out, row.categories.len() as u64);
            for (key, name) in &row.categories {
                put_number(&mut out, number(key));
                put_number(&mut out, number(name));
            }
            put_number(&mut out, row.attributes.len() as u64);
            for a in &row.attributes {
                put_number(&mut out, number(a));
            }
            let codes: Vec<u64> = row.barcodes.iter().filter_map(|b| b.parse().ok()).collect();
            put_number(&mut out, codes.len() as u64);
            for code in codes {
                put_number(&mut out, code);
            }
            put_text(&mut out, &row.picture);
            put_signed(&mut out, row.price.0);
            put_number(&mut out, u64::from(row.sold));
            out.push(u8::from(row.sold_out) | (u8::from(row.flagship) << 1));
            put_signed(&mut out, row.listed_at.0);
            put_number(&mut out, u64::from(row.rank));
            put_number(&mut out, e.words);
        }
        out
    }

    /// Out of bytes.
    ///
    /// # Errors
    /// [`BadBlob`] when they are not what [`Index::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadBlob> {
        let mut b = Bytes(bytes.strip_prefix(MAGIC).ok_or(BadBlob)?);
        let version = b.number()?;
        let texts = (0..b.count()?).map(|_| b.text()).collect::<Result<Vec<&str>, _>>()?;
        let mut sounds = BTreeMap::new();
        for _ in 0..b.count()? {
            let c = char::from_u32(b.small()?).ok_or(BadBlob)?;
            sounds.insert(c, b.text()?.to_owned());
        }
        let mut entries = BTreeMap::new();
        for _ in 0..b.count()? {
            let sku = SkuId::from_tail(b.text()?).map_err(|_| BadBlob)?;
            let spu = SpuId::from_tail(b.text()?).map_err(|_| BadBlob)?;
            let (name, spec) = (b.text()?.to_owned(), b.text()?.to_owned());
            let shared = |b: &mut Bytes<'_>| -> Result<String, BadBlob> {
                let i = usize::try_from(b.number()?).map_err(|_| BadBlob)?;
                texts.get(i).map(|t| (*t).to_owned()).ok_or(BadBlob)
            };
            let brand = shared(&mut b)?;
            let mut categories = Vec::new();
            for _ in 0..b.count()? {
                categories.push((shared(&mut b)?, shared(&mut b)?));
            }
            let mut attributes = Vec::new();
            for _ in 0..b.count()? {
                attributes.push(shared(&mut b)?);
            }
            let mut barcodes = Vec::new();
            for _ in 0..b.count()? {
                barcodes.push(b.number()?.to_string());
            }
            let picture = b.text()?.to_owned();
            let (price, sold, flags) = (Fen(b.signed()?), b.small()?, b.small()?);
            let (listed_at, rank, words) = (Timestamp(b.signed()?), b.small()?, b.number()?);
            let row = SearchRow {
                sku: sku.clone(),
                spu,
                name,
                spec,
                brand,
                categories,
                attributes,
                barcodes,
                picture,
                price,
                sold,
                sold_out: flags & 1 == 1,
                flagship: flags & 2 == 2,
                listed_at,
                rank,
            };
            entries.insert(sku, Entry::new(row, words, &sounds));
        }
        if b.0.is_empty() { Ok(Self { version, entries, sounds }) } else { Err(BadBlob) }
    }

    /// As parts that each fit an item.
    ///
    /// # Errors
    /// `too_large` when [`MOST_PARTS`] would not hold it.
    pub fn to_parts(&self) -> Refusable<Vec<Vec<u8>>> {
        let bytes = self.to_bytes();
        let room = LARGEST_PART - HEAD;
        let of = bytes.len().div_ceil(room);
        if of > MOST_PARTS {
            return Err(Problem::new(Code::TooLarge, format!("商品太多，搜索索引放不下：{} 个商品", self.len())));
        }
        let part = |(i, content): (usize, &[u8])| {
            let mut out = self.version.to_le_bytes().to_vec();
            out.extend([i.to_le_bytes()[0], of.to_le_bytes()[0]]);
            out.extend_from_slice(content);
            out
        };
        Ok(bytes.chunks(room).enumerate().map(part).collect())
    }

    /// The version that a part belongs to, and of how many parts it is one: enough to see that what is kept in memory is still right.
    ///
    /// # Errors
    /// [`BadBlob`] when it is no part.
    pub fn version_of(part: &[u8]) -> Result<(u64, usize), BadBlob> {
        let (head, _) = part.split_first_chunk::<HEAD>().ok_or(BadBlob)?;
        let (version, rest) = head.split_first_chunk::<8>().ok_or(BadBlob)?;
        Ok((u64::from_le_bytes(*version), usize::from(rest[1])))
    }

    /// Out of parts, in any order.
    ///
    /// # Errors
    /// [`BadBlob`] when they are not all parts of one version, each once: one was read before a change and another after it.
    pub fn from_parts<P: AsRef<[u8]>>(parts: &[P]) -> Result<Self, BadBlob> {
        let mut sorted: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
        if sorted.iter().any(|p| p.len() < HEAD) {
            return Err(BadBlob);
        }
        sorted.sort_by_key(|p| p[8]);
        let first = sorted.first().ok_or(BadBlob)?;
        let expected = Self::version_of(first)?;
        let mut bytes = Vec::new();
        for (i, part) in sorted.iter().enumerate() {
            if Self::version_of(part)? != expected || usize::from(part[8]) != i {
                return Err(BadBlob);
            }
            bytes.extend_from_slice(&part[HEAD..]);
        }
        if sorted.len() == expected.1 { Self::from_bytes(&bytes) } else { Err(BadBlob) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::search::{
        Plain,
        index::tests::{index, row},
    };
    use proptest::prelude::*;

    fn full(i: usize) -> SearchRow {
        SearchRow {
            categories: vec![("fresh".into(), "果蔬鲜食".into()), (format!("fresh-{}", i % 20), format!("第{}类", i % 20))],
            attributes: vec!["内蒙古".into(), format!("口味{}", i % 7)],
            barcodes: vec![(6_900_000_000_000_u64 + i as u64).to_string()],
            picture: format!("/pictures/spu_{i}.svg"),
            price: Fen(100 + i64::try_from(i).unwrap()),
            sold: u32::try_from(i % 900).unwrap(),
            sold_out: i.is_multiple_of(5),
            flagship: i.is_multiple_of(3),
            listed_at: Timestamp(1_795_420_800_000 + i64::try_from(i).unwrap()),
            rank: u32::try_from(i).unwrap(),
            ..row(i, &format!("牧场直送第{i}号高钙鲜牛奶"), "950ml", "云畔牧")
        }
    }

    #[test]
    fn given_two_thousand_listings_when_written_then_they_fit_one_item_and_read_as_the_same() {
        let all = index((0..2_000).map(full));
        let bytes = all.to_bytes();
        println!("search index of 2,000 listings: {} bytes", bytes.len());
        assert!(bytes.len() <= 400_000, "{}", bytes.len());
        let parts = all.to_parts().unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!(Index::from_parts(&parts).unwrap(), all);
        assert_eq!(Index::version_of(&parts[0]).unwrap(), (2_000, 1));
    }

    #[test]
    fn given_parts_when_one_is_of_another_version_or_missing_then_they_are_no_index() {
        let mut all = index((0..5_000).map(full));
        let before = all.to_parts().unwrap();
        assert!(before.len() > 1 && before.iter().all(|p| p.len() <= LARGEST_PART));
        all.touch(&SkuId::from_tail(7).unwrap(), Some(Fen(1)), None, None);
        let after = all.to_parts().unwrap();
        let turned: Vec<Vec<u8>> = after.iter().rev().cloned().collect();
        assert_eq!(Index::from_parts(&turned).unwrap(), all);
        assert_eq!(Index::from_parts(&[before[0].clone(), after[1].clone()]), Err(BadBlob));
        assert_eq!(Index::from_parts(&after[..1]), Err(BadBlob));
        assert_eq!(Index::from_parts(&[after[0].clone(), after[0].clone()]), Err(BadBlob));
        assert_eq!(Index::from_parts::<Vec<u8>>(&[]), Err(BadBlob));
        assert_eq!(index((0..20_000).map(full)).to_parts().unwrap_err().code, Code::TooLarge);
    }

    #[test]
    fn given_bytes_that_are_cut_off_when_read_then_they_are_refused() {
        let bytes = index((0..3).map(full)).to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(Index::from_bytes(&bytes[..end]), Err(BadBlob), "{end}");
        }
        assert_eq!(Index::from_bytes(&[bytes.clone(), vec![0]].concat()), Err(BadBlob));
        assert_eq!(Index::from_bytes(&Index::default().to_bytes()), Ok(Index::default()));
    }

    proptest! {
        #[test]
        fn given_any_bytes_when_read_then_nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut all = MAGIC.to_vec();
            all.extend(&bytes);
            let _ = Index::from_bytes(&all);
            let _ = Index::from_parts(&[bytes]);
        }

        #[test]
        fn given_any_numbers_when_written_then_they_read_as_the_same(n in any::<u64>(), s in any::<i64>()) {
            let mut out = Vec::new();
            put_number(&mut out, n);
            put_signed(&mut out, s);
            let mut b = Bytes(&out);
            prop_assert_eq!((b.number(), b.signed(), b.0.len()), (Ok(n), Ok(s), 0));
        }

        #[test]
        fn given_any_rows_when_written_then_they_read_as_the_same(names in proptest::collection::vec("\\PC{0,30}", 0..5), price in any::<i64>()) {
            let mut all = Index::default();
            for (i, n) in names.iter().enumerate() {
                all.put(SearchRow { price: Fen(price), attributes: names.clone(), ..row(i, n, n, n) }, &Plain, &Plain);
            }
            prop_assert_eq!(Index::from_bytes(&all.to_bytes()), Ok(all));
        }
    }
}

//! Pictures of the demo chain's goods: WebP files, three sizes of each. `pictures/make.py` makes them; here they are only handed out.
//!
//! What must not live here: which product has which picture (that is `pictures/sources.csv`) and where pictures are served.

/// Every file of `pictures/`, by its name.
pub(crate) static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pictures.rs"));

/// The address of a product's picture: that of its largest size. The others are beside it (`liandian_types::picture`).
pub(crate) fn address(tail: &str) -> String {
    format!("/pictures/{tail}-800.webp")
}

/// Bytes of the file behind an address; 0 when there is none.
pub(crate) fn bytes(address: &str) -> u32 {
    let file = FILES.iter().find(|(name, _)| address.strip_prefix("/pictures/") == Some(*name));
    file.and_then(|(_, file)| u32::try_from(file.len()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use liandian_types::picture;

    use super::*;

    /// Width and height of a WebP without an alpha channel that is written as one lossy frame, or of an extended one.
    fn size(file: &[u8]) -> Option<(u32, u32)> {
        if file.get(..4)? != b"RIFF" || file.get(8..12)? != b"WEBP" {
            return None;
        }
        let two = |at: usize| Some(u32::from(u16::from_le_bytes([*file.get(at)?, *file.get(at + 1)?])));
        let three = |at: usize| Some(two(at)? | (u32::from(*file.get(at + 2)?) << 16));
        match file.get(12..16)? {
            b"VP8 " => Some((two(26)? & 0x3fff, two(28)? & 0x3fff)),
            b"VP8X" => Some((three(24)? + 1, three(27)? + 1)),
            _ => None,
        }
    }

    /// Goods that are not of the table: a draft, one that is gone, and what stores have of their own.
    const BESIDES: [&str; 5] = ["coffee-coldbrew", "soda-salt", "local-ciba", "local-scallion-oil", "local-mooncake"];

    fn files() -> BTreeMap<&'static str, &'static [u8]> {
        FILES.iter().copied().collect()
    }

    #[test]
    fn given_every_product_when_its_picture_is_looked_for_then_each_size_is_a_webp_of_that_size() {
        let files = files();
        for tail in crate::data::goods().iter().map(|g| g.id.as_str()).chain(BESIDES) {
            let address = address(tail);
            for width in picture::SIZES {
                let at = picture::at(&address, width);
                let file = files.get(at.trim_start_matches("/pictures/")).unwrap_or_else(|| panic!("{at} is missing"));
                assert_eq!(size(file), Some((width, width)), "{at}");
            }
            assert!(bytes(&address) > 1_000, "{tail}");
        }
    }

    #[test]
    fn given_the_files_when_counted_then_each_is_of_some_product_and_together_they_are_small() {
        let goods: BTreeSet<String> = crate::data::goods().into_iter().map(|g| g.id).collect();
        let mut whole = 0;
        for (name, file) in FILES {
            let (tail, rest) = name.rsplit_once('-').unwrap();
            assert!(picture::SIZES.iter().any(|s| rest == format!("{s}.webp")), "{name}");
            assert!(goods.contains(tail) || BESIDES.contains(&tail), "{name} is nobody's");
            assert!(file.len() < 60_000, "{name}: {} bytes", file.len());
            whole += file.len();
        }
        assert!(whole < 6_000_000, "{whole} bytes");
    }

    #[test]
    fn given_the_table_of_sources_when_read_then_it_has_a_row_for_each_picture_and_no_other() {
        let text = include_str!("../pictures/sources.csv");
        let told: BTreeSet<&str> = text.lines().skip(1).filter_map(|l| l.split(',').next()).filter(|id| !id.starts_with("category-")).collect();
        let there: BTreeSet<&str> = FILES.iter().filter_map(|(name, _)| name.strip_suffix("-800.webp")).collect();
        assert_eq!(told, there);
    }

    #[test]
    fn given_no_such_file_when_its_bytes_are_asked_for_then_there_are_none() {
        assert_eq!((bytes("/pictures/nothing-800.webp"), bytes("/media/a.png"), bytes("")), (0, 0, 0));
    }
}

//! Addresses of pictures that lie in several sizes, so that a page lets the browser take the one that it needs.
//!
//! A picture of ours whose name ends in `-800.webp` lies in three sizes side by side: `milk-800.webp`, `milk-400.webp`, `milk-200.webp`, each as wide as its
//! name says. Goods keep the address of the largest; whoever makes pictures makes the rest. Any other address is one file and stays as it is.

/// The widths in pixels, the largest first.
pub const SIZES: [u32; 3] = [800, 400, 200];

/// How the address of a picture in several sizes ends.
const END: &str = "-800.webp";

/// The address without its size, when it is one of several.
fn stem(address: &str) -> Option<&str> {
    let ours = address.starts_with("/pictures/") || address.starts_with("/media/");
    address.strip_suffix(END).filter(|_| ours)
}

/// The address of a picture in a width of [`SIZES`]; of a picture that lies in one size, that.
#[must_use]
pub fn at(address: &str, width: u32) -> String {
    match stem(address) {
        Some(stem) => format!("{stem}-{width}.webp"),
        None => address.to_owned(),
    }
}

/// The smallest, for rows and lists: up to 66 px in a page on the finest screens.
#[must_use]
pub fn small(address: &str) -> String {
    at(address, 200)
}

/// All sizes as `srcset` has them; none when there is but one.
#[must_use]
pub fn srcset(address: &str) -> Option<String> {
    stem(address).map(|stem| format!("{stem}-200.webp 200w, {stem}-400.webp 400w, {address} 800w"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_picture_in_several_sizes_when_asked_for_then_each_has_its_address() {
        for folder in ["/pictures", "/media/hq"] {
            let address = format!("{folder}/milk-800.webp");
            assert_eq!(small(&address), format!("{folder}/milk-200.webp"));
            assert_eq!(SIZES.map(|w| at(&address, w)), [800, 400, 200].map(|w| format!("{folder}/milk-{w}.webp")));
            let set = srcset(&address).unwrap();
            assert_eq!(set, format!("{folder}/milk-200.webp 200w, {folder}/milk-400.webp 400w, {folder}/milk-800.webp 800w"));
        }
    }

    #[test]
    fn given_any_other_picture_when_asked_for_then_it_stays_as_it_is() {
        for address in ["", "/pictures/milk.svg", "/media/hq/a.jpg", "/pictures/milk-400.webp", "https://example.com/milk-800.webp"] {
            assert_eq!((small(address), at(address, 400), srcset(address)), (address.to_owned(), address.to_owned(), None));
        }
    }
}

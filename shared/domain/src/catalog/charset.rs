//! Tables that a program has saved in GB18030, as Excel does in China, read as if they were UTF-8.

use std::borrow::Cow;

/// So many rows that are no UTF-8, and none that is: a table in another encoding, and not a row that was pasted into one.
const ENOUGH: usize = 2;

/// The file in UTF-8. A file that is all GB18030 is decoded; anything else stays as it is, and who reads it names the rows that are wrong. All of it is
/// GB18030 when its first line, which has the names of the columns, is no UTF-8, or when several lines are not and every line with Chinese is among them.
#[must_use]
pub fn as_utf8(file: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(file).is_ok() {
        return Cow::Borrowed(file);
    }
    let is_utf8 = |line: &[u8]| std::str::from_utf8(line).is_ok();
    let mut lines = file.split(|b| *b == b'\n');
    let named_otherwise = lines.next().is_some_and(|first| !is_utf8(first));
    let (good, bad): (Vec<&[u8]>, Vec<&[u8]>) = lines.filter(|l| !l.is_ascii()).partition(|l| is_utf8(l));
    if !(named_otherwise || good.is_empty() && bad.len() >= ENOUGH) {
        return Cow::Borrowed(file);
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(file) {
        Some(text) => Cow::Owned(text.into_owned().into_bytes()),
        None => Cow::Borrowed(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        encoding_rs::GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn given_a_table_in_gb18030_when_read_then_it_is_the_same_table() {
        for text in ["商品,名称\nspu_a,牛奶\n", "spu,name\nspu_a,牛奶\nspu_b,酱油\nspu_c,milk\n", "名称\n𠮷野家\n"] {
            assert_eq!(as_utf8(&gb(text)).as_ref(), text.as_bytes(), "{text}");
            assert_eq!(as_utf8(text.as_bytes()).as_ref(), text.as_bytes(), "UTF-8 stays");
        }
    }

    #[test]
    fn given_one_row_in_gb18030_among_others_when_read_then_it_stays_and_is_named() {
        let mut mixed = "spu,name\nspu_a,酱油\n".as_bytes().to_vec();
        mixed.extend(gb("spu_b,牛奶\n"));
        mixed.extend(gb("spu_c,大米\n"));
        assert_eq!(as_utf8(&mixed).as_ref(), mixed.as_slice());
        let mut one = b"spu,name\n".to_vec();
        one.extend(gb("spu_b,牛奶\n"));
        assert_eq!(as_utf8(&one).as_ref(), one.as_slice(), "a single row may have been pasted");
        let broken = b"\xff\xfe\nspu_a,\xff\n".to_vec();
        assert_eq!(as_utf8(&broken).as_ref(), broken.as_slice(), "what is neither stays");
    }
}

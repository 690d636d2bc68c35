//! Files that people upload: what they may be, by what is in them and not by what they are called, and where they lie.
//!
//! A file is sent to `incoming/`, which nobody is served from, is looked at, and is kept under the hash of its bytes: who sends another file with the
//! same form later changes nothing that was looked at. Pictures lie in `media/`, which everybody may read; documents in `private/`.

use liandian_types::{Code, Problem, StaffId, StoreId, Timestamp, UploadPurpose};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Refusable, catalog::own::address_fits};

/// Pixels that a picture has at most, across and down.
pub const MOST_PIXELS: u32 = 8_000;

/// For how long a form takes a file, in milliseconds.
pub const FORM_HOLDS: i64 = 10 * 60_000;

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// JPEG
    Jpeg,
    /// PNG
    Png,
    /// WebP
    Webp,
    /// PDF
    Pdf,
}

impl FileKind {
    /// By a file's first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12).is_some_and(|w| w == b"WEBP") {
            Some(Self::Webp)
        } else if bytes.starts_with(b"%PDF-") {
            Some(Self::Pdf)
        } else {
            None
        }
    }

    /// Its content type.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
        }
    }
}

/// Whose file it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// HQ's, for all.
    Hq,
    /// A store's.
    Store(StoreId),
}

impl Owner {
    /// Its word in keys and addresses.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Hq => "hq",
            Self::Store(s) => s.as_str(),
        }
    }

    /// Where a file is sent to. `upload` is what [`upload_fits`] takes.
    #[must_use]
    pub fn incoming(&self, upload: &str) -> String {
        format!("incoming/{}/{upload}", self.word())
    }

    /// Where a file is kept that was looked at.
    #[must_use]
    pub fn kept(&self, purpose: UploadPurpose, name: &str) -> String {
        let folder = match purpose {
            UploadPurpose::Picture => "media",
            UploadPurpose::Document => "private",
        };
        format!("{folder}/{}/{name}", self.word())
    }

    /// Its address in a form: pictures have one that browsers ask for, documents the key alone.
    #[must_use]
    pub fn address(&self, purpose: UploadPurpose, name: &str) -> String {
        let key = self.kept(purpose, name);
        match purpose {
            UploadPurpose::Picture => format!("/{key}"),
            UploadPurpose::Document => key,
        }
    }
}

/// Is this the name of an upload as we give them? It becomes part of a key.
#[must_use]
pub fn upload_fits(upload: &str) -> bool {
    (10..=40).contains(&upload.len()) && upload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// A file's owner's word and its name, of an address that was uploaded; none of addresses elsewhere.
#[must_use]
pub fn parts(address: &str) -> Option<(UploadPurpose, &str, &str)> {
    let (purpose, rest) = match address.strip_prefix("/media/") {
        Some(rest) => (UploadPurpose::Picture, rest),
        None => (UploadPurpose::Document, address.strip_prefix("private/")?),
    };
    let (owner, name) = rest.split_once('/')?;
    Some((purpose, owner, name))
}

/// Does an address say that its file was uploaded? Then it is one of ours, and somebody's.
#[must_use]
pub fn is_uploaded(address: &str) -> bool {
    address.starts_with("private/") || parts(address).is_some_and(|(_, owner, _)| owner == "hq" || owner.starts_with("sto_"))
}

/// May a form name this as a document's file: one that was uploaded as such, or an address that a page may lead to?
#[must_use]
pub fn document_fits(address: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/');
    let kept = matches!(parts(address), Some((UploadPurpose::Document, owner, name)) if !owner.is_empty() && !name.is_empty());
    let ours = kept && address.len() <= 200 && !address.contains("..") && address.bytes().all(plain);
    ours || address_fits(address)
}

/// What is known of a file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its name: the hash of its bytes, with its ending.
    pub name: String,
    /// Whose.
    pub owner: Owner,
    /// What for.
    pub purpose: UploadPurpose,
    /// What is in it.
    pub kind: FileKind,
    /// Its bytes.
    pub bytes: u32,
    /// Pixels across; 0 of a document without.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Who sent it first.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

impl KeptFile {
    /// Its address in a form.
    #[must_use]
    pub fn address(&self) -> String {
        self.owner.address(self.purpose, &self.name)
    }
}

fn bad<T>(field: &str, why: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, why).at(field))
}

fn too_large<T>(purpose: UploadPurpose) -> Refusable<T> {
    Err(Problem::new(Code::TooLarge, format!("文件不能超过 {} MB", purpose.most_bytes() / 1_000_000)).at("bytes"))
}

fn kinds(purpose: UploadPurpose) -> &'static str {
    match purpose {
        UploadPurpose::Picture => "图片须为 JPEG、PNG 或 WebP 格式",
        UploadPurpose::Document => "资质文件须为 PDF、JPEG、PNG 或 WebP 格式",
    }
}

/// May such a file be sent?
///
/// # Errors
/// `bad_request` for an empty file or a content type that is not taken; `too_large`.
pub fn may_send(purpose: UploadPurpose, content_type: &str, bytes: u32) -> Refusable<()> {
    if bytes == 0 {
        return bad("bytes", "文件是空的");
    }
    if bytes > purpose.most_bytes() {
        return too_large(purpose);
    }
    if !purpose.takes().contains(&content_type) {
        return bad("content_type", kinds(purpose));
    }
    Ok(())
}

/// Looks at a file that was sent. What it is called and what the browser said of it count for nothing.
///
/// # Errors
/// `bad_request` when it is empty, of a kind that is not taken, broken, or has too many pixels; `too_large`.
pub fn look(owner: Owner, purpose: UploadPurpose, file: &[u8], by: StaffId, at: Timestamp) -> Refusable<KeptFile> {
    let Ok(bytes) = u32::try_from(file.len()) else { return too_large(purpose) };
    if bytes == 0 {
        return bad("upload", "文件是空的");
    }
    if bytes > purpose.most_bytes() {
        return too_large(purpose);
    }
    let Some(kind) = FileKind::of(file).filter(|k| purpose.takes().contains(&k.content_type())) else {
        return bad("upload", kinds(purpose));
    };
    let (width, height) = match kind {
        FileKind::Pdf => (0, 0),
        FileKind::Jpeg | FileKind::Png | FileKind::Webp => match size(kind, file) {
            Some((w, h)) if w > 0 && h > 0 => (w, h),
            _ => return bad("upload", "图片已损坏，请换一张"),
        },
    };
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return bad("upload", format!("图片的宽和高不能超过 {MOST_PIXELS} 像素（这张为 {width}×{height}）"));
    }
    let name = format!("{}.{}", hash(file), kind.ending());
    Ok(KeptFile { name, owner, purpose, kind, bytes, width, height, by, at })
}

/// Forty digits of the hash of a file.
fn hash(file: &[u8]) -> String {
    Sha256::digest(file).iter().take(20).map(|b| format!("{b:02x}")).collect()
}

fn u16_be(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(file.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_be(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(file.get(at..at + 4)?.try_into().ok()?))
}

fn u16_le(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?)))
}

/// Pixels across and down, by the file's head.
fn size(kind: FileKind, file: &[u8]) -> Option<(u32, u32)> {
    match kind {
        FileKind::Png => {
            (file.get(12..16)? == b"IHDR").then_some(())?;
            Some((u32_be(file, 16)?, u32_be(file, 20)?))
        }
        FileKind::Jpeg => jpeg_size(file),
        FileKind::Webp => webp_size(file),
        FileKind::Pdf => None,
    }
}

/// The first frame header says it; what comes before it are segments of known length.
fn jpeg_size(file: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    // A head of more segments than this is nobody's photograph.
    for _ in 0..500 {
        // Between segments there may be filling bytes.
        while file.get(at)? == &0xff && file.get(at + 1)? == &0xff {
            at += 1;
        }
        if file.get(at)? != &0xff {
            return None;
        }
        let marker = *file.get(at + 1)?;
        match marker {
            // Frame headers; C4, C8 and CC are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => return Some((u16_be(file, at + 7)?, u16_be(file, at + 5)?)),
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => at += 2,
            // The picture begins, or ends, and nothing has said how large it is.
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::try_from(u16_be(file, at + 2)?).ok()?;
                if length < 2 {
                    return None;
                }
                at += 2 + length;
            }
        }
    }
    None
}

fn webp_size(file: &[u8]) -> Option<(u32, u32)> {
    match file.get(12..16)? {
        b"VP8 " => {
            (file.get(23..26)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            Some((u16_le(file, 26)? & 0x3fff, u16_le(file, 28)? & 0x3fff))
        }
        b"VP8L" => {
            (*file.get(20)? == 0x2f).then_some(())?;
            let bits = u32::from_le_bytes(file.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => {
            let three = |at: usize| Some(u16_le(file, at)? | (u32::from(*file.get(at + 2)?) << 16));
            Some((three(24)? + 1, three(27)? + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by() -> StaffId {
        "stf_wang".parse().unwrap()
    }

    fn store() -> Owner {
        Owner::Store("sto_sh01".parse().unwrap())
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut f = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        f.extend(width.to_be_bytes());
        f.extend(height.to_be_bytes());
        f.extend([8, 6, 0, 0, 0]);
        f
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        // A comment of four bytes, filling, and the frame header.
        let mut f = vec![0xff, 0xd8, 0xff, 0xfe, 0, 6, b'n', b'o', b't', b'e', 0xff, 0xff, 0xc2, 0, 17, 8];
        f.extend(height.to_be_bytes());
        f.extend(width.to_be_bytes());
        f
    }

    fn see(purpose: UploadPurpose, file: &[u8]) -> Refusable<KeptFile> {
        look(store(), purpose, file, by(), Timestamp(5))
    }

    #[test]
    fn given_pictures_when_looked_at_then_their_size_is_read_from_their_heads() {
        let of = |f: &[u8]| see(UploadPurpose::Picture, f).map(|k| (k.kind, k.width, k.height)).unwrap();
        assert_eq!(of(&png(640, 480)), (FileKind::Png, 640, 480));
        assert_eq!(of(&jpeg(1200, 800)), (FileKind::Jpeg, 1200, 800));
        let mut lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a".to_vec();
        lossy.extend([0x80, 0x02, 0xe0, 0x01]);
        assert_eq!(of(&lossy), (FileKind::Webp, 640, 480));
        let mut lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f".to_vec();
        lossless.extend((639_u32 | (479 << 14)).to_le_bytes());
        assert_eq!(of(&lossless), (FileKind::Webp, 640, 480));
        let mut extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0".to_vec();
        extended.extend([0x7f, 0x02, 0, 0xdf, 0x01, 0]);
        assert_eq!(of(&extended), (FileKind::Webp, 640, 480));
    }

    #[test]
    fn given_a_page_that_calls_itself_a_picture_when_looked_at_then_it_is_refused() {
        let field = |purpose, file: &[u8]| see(purpose, file).unwrap_err().field.unwrap();
        assert_eq!(field(UploadPurpose::Picture, b"<svg onload=alert(1)>"), "upload");
        assert_eq!(field(UploadPurpose::Picture, b"%PDF-1.7"), "upload", "a document is no picture");
        assert_eq!(field(UploadPurpose::Document, b"MZ\x90\0"), "upload");
        assert_eq!(field(UploadPurpose::Picture, b""), "upload");
        assert_eq!(field(UploadPurpose::Picture, &png(640, 480)[..18]), "upload", "a head that ends before its size");
        assert_eq!(field(UploadPurpose::Picture, &png(0, 480)), "upload");
        assert_eq!(field(UploadPurpose::Picture, &[0xff, 0xd8, 0xff, 0xda, 0, 2]), "upload", "a picture that never says how large it is");
        assert_eq!(field(UploadPurpose::Picture, &[0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]), "upload", "a segment shorter than its length");
    }

    #[test]
    fn given_limits_when_a_file_is_at_or_beyond_them_then_only_the_one_beyond_is_refused() {
        assert!(see(UploadPurpose::Picture, &png(8_000, 8_000)).is_ok());
        assert!(see(UploadPurpose::Picture, &png(8_001, 10)).is_err() && see(UploadPurpose::Picture, &png(10, 8_001)).is_err());
        for (purpose, most) in [(UploadPurpose::Picture, 5_000_000), (UploadPurpose::Document, 10_000_000)] {
            let mut file = png(10, 10);
            file.resize(most, 0);
            assert!(see(purpose, &file).is_ok());
            file.push(0);
            assert_eq!(see(purpose, &file).unwrap_err().code, Code::TooLarge);
            let most = u32::try_from(most).unwrap();
            assert!(may_send(purpose, "image/png", most).is_ok());
            assert_eq!(may_send(purpose, "image/png", most + 1).unwrap_err().code, Code::TooLarge);
        }
        assert!(may_send(UploadPurpose::Picture, "image/png", 0).is_err());
        assert_eq!(may_send(UploadPurpose::Picture, "application/pdf", 9).unwrap_err().field.as_deref(), Some("content_type"));
        assert!(may_send(UploadPurpose::Document, "application/pdf", 9).is_ok());
        assert!(may_send(UploadPurpose::Picture, "image/svg+xml", 9).is_err());
    }

    #[test]
    fn given_the_same_bytes_when_kept_twice_then_they_have_one_name_and_each_owner_his_own_folder() {
        let one = see(UploadPurpose::Picture, &png(4, 4)).unwrap();
        let two = see(UploadPurpose::Picture, &png(4, 4)).unwrap();
        assert_eq!(one.name, two.name);
        assert_ne!(one.name, see(UploadPurpose::Picture, &png(4, 5)).unwrap().name);
        assert!(one.name.len() == 44 && one.name.ends_with(".png"));
        assert_eq!(one.address(), format!("/media/sto_sh01/{}", one.name));
        assert_eq!(parts(&one.address()), Some((UploadPurpose::Picture, "sto_sh01", one.name.as_str())));
        let paper = see(UploadPurpose::Document, b"%PDF-1.7 ...").unwrap();
        assert_eq!(paper.address(), format!("private/sto_sh01/{}", paper.name));
        assert_eq!(Owner::Hq.kept(UploadPurpose::Picture, "a.png"), "media/hq/a.png");
        assert_eq!((parts("/pictures/a.svg"), parts("https://example.com/media/a.png")), (None, None));
        assert!(is_uploaded("/media/hq/a.png") && is_uploaded("/media/sto_x/a.png") && is_uploaded("private/whatever"));
        assert!(!is_uploaded("/media/documents/a.pdf") && !is_uploaded("/pictures/a.svg") && !is_uploaded("https://example.com/a.png"));
    }

    #[test]
    fn given_documents_when_a_form_names_them_then_those_that_were_uploaded_fit_as_well_as_addresses_of_pages() {
        let paper = see(UploadPurpose::Document, b"%PDF-1.7 ...").unwrap().address();
        for good in [paper.as_str(), "/media/documents/a.pdf", "https://example.com/a.pdf"] {
            assert!(document_fits(good), "{good}");
        }
        for bad in ["", "private/", "private/sto_a", "private/sto_a/", "private//a.pdf", "private/sto_a/../sto_b/a.pdf", "private/sto_a/a b.pdf"] {
            assert!(!document_fits(bad), "{bad}");
        }
        let long = |n: usize| format!("private/sto_a/{}", "a".repeat(n));
        assert!(document_fits(&long(186)) && !document_fits(&long(187)));
    }

    #[test]
    fn given_names_of_uploads_when_they_would_leave_their_folder_then_they_do_not_fit() {
        assert!(upload_fits("upl_01JD7Q4K0QX2"));
        for bad in ["", "short", "../../media/hq/a", "a/b/c/d/e/f/g", "01JD7Q4K0QX2.png", &"a".repeat(41)] {
            assert!(!upload_fits(bad), "{bad}");
        }
    }
}

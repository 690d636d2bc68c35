//! Words about goods of the library, shared by tables, API and pages.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

/// How far a product has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProductStatus {
    /// 草稿: not ready, seen by HQ alone.
    #[default]
    Draft,
    /// 在售: stores may list it.
    On,
    /// 下架: not sold for now.
    Off,
    /// 停用: never sold again; kept because orders name it.
    Retired,
}

impl ProductStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::On, Self::Off, Self::Retired];

    /// The word in API and table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::On => "在售",
            Self::Off => "下架",
            Self::Retired => "停用",
        }
    }

    /// May it be followed by this one? What is on sale is taken off before it is retired, so that stores are told of both.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self == next
            || matches!((self, next), (Self::Draft, Self::On | Self::Retired) | (Self::On, Self::Off) | (Self::Off, Self::On | Self::Retired))
    }
}

/// How it is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Storage {
    /// 常温
    #[default]
    Normal,
    /// 冷藏
    Chilled,
    /// 冷冻
    Frozen,
    /// 大件
    Large,
}

impl Storage {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Chilled, Self::Frozen, Self::Large];

    /// The word in API and table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "常温",
            Self::Chilled => "冷藏",
            Self::Frozen => "冷冻",
            Self::Large => "大件",
        }
    }
}

/// Kind of a picture's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImageKind {
    /// JPEG
    Jpeg,
    /// PNG
    Png,
    /// WebP
    Webp,
    /// SVG, drawn by us: never uploaded.
    Svg,
}

impl ImageKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Svg];

    /// The word in API and table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As files end.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Svg => "svg",
        }
    }
}

/// Is an option's value stock of its own, or a wish?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OptionKind {
    /// Each value is counted on its own (容量, 颜色): it makes SKUs.
    Stock,
    /// The store does it while it prepares the goods (糖度, 温度): it makes no SKU and has no stock.
    Wish,
}

impl OptionKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Stock, Self::Wish];

    /// The word in API and table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stock => "库存规格",
            Self::Wish => "做法选项",
        }
    }
}

/// What a file is uploaded for: how large it may be, which kinds it may have, and who may look at it follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UploadPurpose {
    /// A picture that everybody sees.
    Picture,
    /// A document (资质) that only its store and HQ see.
    Document,
}

impl UploadPurpose {
    /// The most bytes that a file may have.
    #[must_use]
    pub fn most_bytes(self) -> u32 {
        match self {
            Self::Picture => 5_000_000,
            Self::Document => 10_000_000,
        }
    }

    /// Content types that it takes.
    #[must_use]
    pub fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Picture => &["image/jpeg", "image/png", "image/webp"],
            Self::Document => &["application/pdf", "image/jpeg", "image/png", "image/webp"],
        }
    }
}

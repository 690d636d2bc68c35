//! The built site: where the islands' JavaScript and WASM lie, and how pages name them.

use std::path::{Path, PathBuf};

/// A built site folder: a `.js` and a `.wasm` for each module in `pkg`, loaders, style sheets, each with a `.br` beside it.
#[derive(Debug, Clone)]
pub struct Site {
    /// The folder.
    pub root: PathBuf,
    /// Changes whenever a file of it does; part of every asset's address, so that browsers may keep them for ever.
    pub version: String,
}

impl Site {
    /// Opens a site folder; its `version` file is written by the build.
    #[must_use]
    pub fn open(root: &Path) -> Self {
        let version = std::fs::read_to_string(root.join("version")).unwrap_or_default();
        Self { root: root.to_path_buf(), version: version.trim().to_owned() }
    }
}

//! Paths that a person is sent to.

/// A path within this site: no scheme, no host, nothing that a browser reads as one.
///
/// Browsers drop tabs and line breaks and take `\` for `/`, so that `/\t/evil.example` would lead away.
#[must_use]
pub fn own_path(to: &str) -> bool {
    to.starts_with('/') && !to.starts_with("//") && to.len() <= 200 && !to.bytes().any(|b| b == b'\\' || b.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn given_paths_when_checked_then_only_those_of_this_site_pass() {
        assert!(own_path("/"));
        assert!(own_path("/s/sto_sh01?from=x"));
        assert!(own_path(&format!("/{}", "a".repeat(199))));
        let long = format!("/{}", "a".repeat(200));
        for bad in ["", "s", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "/a\r\nset-cookie: x=y", &long] {
            assert!(!own_path(bad), "{bad}");
        }
    }
}

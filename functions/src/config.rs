//! Configuration: read once, typed, from variables. The local stack gives the same map in-process that it exports for
//! `cargo lambda watch`; in the cloud SAM sets what is no secret, and `secrets` adds what is.

use std::collections::BTreeMap;

/// Everything that a function may need; a partner that is not configured is simply absent until it is asked for.
#[derive(Debug, Clone)]
pub struct Config {
    vars: BTreeMap<String, String>,
    origins: Vec<String>,
}

/// A variable is missing or wrong.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct BadConfig(pub String);

impl Config {
    /// From a map of variables.
    #[must_use]
    pub fn from_vars(vars: &BTreeMap<String, String>) -> Self {
        // Files of variables have one line each: their keys come with `\n` for a line break.
        let whole = |v: &String| if v.starts_with("-----BEGIN") { v.replace("\\n", "\n") } else { v.clone() };
        let origins = vars.get("PUBLIC_ORIGIN").map(|o| o.split(',').map(|s| s.trim().to_owned()).collect()).unwrap_or_default();
        Self { vars: vars.iter().map(|(k, v)| (k.clone(), whole(v))).collect(), origins }
    }

    /// From the environment.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_vars(&std::env::vars().collect())
    }

    /// With more variables on top.
    #[must_use]
    pub fn with(mut self, more: BTreeMap<String, String>) -> Self {
        self.vars.extend(more);
        Self::from_vars(&self.vars)
    }

    /// A variable, if it is there and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// A variable that must be there.
    ///
    /// # Errors
    /// [`BadConfig`] naming it.
    pub fn need(&self, name: &str) -> Result<&str, BadConfig> {
        self.get(name).ok_or_else(|| BadConfig(format!("{name} is not set")))
    }

    /// Is this origin one of the product's own?
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|o| o == origin)
    }

    /// The origin under which the world reaches the shop.
    #[must_use]
    pub fn public_origin(&self) -> &str {
        self.origins.first().map_or("", String::as_str)
    }

    /// Do cookies travel over HTTPS only? Everywhere but on a developer's own machine.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        !self.origins.iter().any(|o| o.starts_with("http://127.0.0.1") || o.starts_with("http://localhost"))
    }

    /// The address of a queue.
    #[must_use]
    pub fn queue_url(&self, queue: &str) -> Option<String> {
        self.get(&format!("QUEUE_URL_{}", queue.to_uppercase().replace('-', "_"))).map(str::to_owned)
    }
}

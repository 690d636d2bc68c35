//! What a long command consists of, and how long each part took: said while it runs, and as a table at its end.

use std::time::{Duration, Instant};

/// The parts that were run so far.
pub struct Parts {
    begun: Instant,
    rows: Vec<(String, Duration)>,
}

impl Parts {
    /// None yet.
    #[must_use]
    pub fn begin() -> Self {
        Self { begun: Instant::now(), rows: Vec::new() }
    }

    /// Runs a part and remembers how long it took.
    ///
    /// # Errors
    /// Those of the part.
    pub fn time<T>(&mut self, name: &str, part: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let begun = Instant::now();
        let outcome = part();
        self.add(name, begun.elapsed());
        outcome
    }

    /// A part that ran beside others.
    pub fn add(&mut self, name: &str, took: Duration) {
        self.rows.push((name.to_owned(), took));
    }

    /// The table, and the time of the whole.
    pub fn table(&self) {
        println!("\n{:<48} {:>8}", "part", "seconds");
        for (name, took) in &self.rows {
            println!("{name:<48} {:>8.0}", took.as_secs_f64());
        }
        let all = self.begun.elapsed().as_secs();
        println!("{:<48} {all:>8}  = {} 分 {} 秒", "all", all / 60, all % 60);
    }
}

//! A review for machines: SARIF for code scanning, JUnit XML for CI servers.
//!
//! In: findings and what came of each rule. Out: text. Must not know: how a rule judges, the file system (the caller hands over the
//! text of the input files, so that a finding can point at the characters of a cell).

mod junit;
mod regions;
mod sarif;
#[cfg(test)]
mod tests;

pub use junit::junit;
pub use sarif::{Files, sarif};

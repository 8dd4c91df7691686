//! nicplan plans the networks of Hyper-V failover clusters.
//!
//! ```text
//! inventory  ->  topology  ->  assignment  ->  plan  ->  checks  ->  reports   what people read
//!  what exists    who reaches   what may be     what was   is it      deploy    what machines run
//!  (importers)    whom          chosen, solver  chosen     right
//! ```
//!
//! Knowledge used by all: [`roles`], [`profiles`], [`policy`], [`units`], [`powershell`], [`finding`], [`demand`].
//! Pure functions over facts and plan: [`migration`], [`mac`], [`applied`] (the facts once a plan is applied), [`diff`]. What was measured before:
//! [`history`], from event logs. For showing an inventory to others: [`redact`].

pub mod applied;
#[cfg(feature = "solver")]
pub mod assignment;
pub mod checks;
pub mod demand;
pub mod deploy;
pub mod diff;
pub mod finding;
pub mod generate;
pub mod history;
pub mod inventory;
pub mod mac;
pub mod migration;
pub mod plan;
pub mod policy;
pub mod powershell;
pub mod profiles;
pub mod redact;
pub mod reports;
pub mod roles;
pub mod topology;
pub mod units;

//! What is taken where the inventory says nothing, each with its reason. Named in every answer that used it.

/// Distinct pages that a guest dirties, MiB/s: a quiet server; published idle guests write 2.5 MiB/s (Kherbache, Hermenier,
/// Madelaine, "Scheduling Live Migration of Virtual Machines", IEEE TCC), so this is twice as much.
pub const DIRTY_MIB_S: u32 = 5;
/// Share of the assigned memory that a guest writes to again and again, permille (assumption).
pub const WORKING_SET_PERMILLE: u64 = 100;
/// Rate at which saved states are written to and read from storage, MiB/s and node, where its storage NICs carry as much:
/// about one path of 10 Gbit/s (assumption; one save and a clock tell the true value).
pub const SAVED_STATE_MIB_S: u64 = 1000;
/// Fixed time of a quick migration on each side of the copy: taking the role offline, bringing it online, seconds
/// (assumption).
pub const QUICK_FIXED_S: u64 = 5;
/// Live migrations at once that are ever recommended: Network ATC accepts 1 to 10 (Microsoft Learn, "Network ATC"); nobody
/// published what more of them do to a node.
pub const MOST_AT_ONCE: u32 = 10;

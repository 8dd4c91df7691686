//! A second, independent model of one migration, shown beside ours so that a reader sees how far models differ.
//!
//! In: used memory, hot pages, cold writes, link speed. Out: seconds. Must not know: the recursion of `precopy`.
//!
//! The model of mVM (Kherbache, Hermenier, Madelaine, "Scheduling Live Migration of Virtual Machines", IEEE TCC,
//! DOI 10.1109/TCC.2017.2754279; restated from the published BtrPlace scheduler): a hot set that is rewritten within a
//! few seconds, and cold pages that are written at a steady rate. It knows no pass limit and no blackout.

/// How a guest writes to its memory, in the terms of mVM.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Writes {
    /// Pages that are rewritten again and again, MiB.
    pub hot_mib: f64,
    /// Time in which the hot pages are rewritten once, seconds.
    pub hot_s: f64,
    /// Further pages written per second, MiB/s.
    pub cold_mib_s: f64,
}

impl Default for Writes {
    /// An idle guest: 5 MiB within 2 s.
    fn default() -> Writes {
        Writes {
            hot_mib: 5.0,
            hot_s: 2.0,
            cold_mib_s: 0.0,
        }
    }
}

/// Seconds for a VM with `used_mib` over a link of `link_mbps`; `None` where the guest writes faster than that.
///
/// First pass, one pass of hot and cold pages, and the tail in which only the hot ones recur. The link gives a ninth of
/// its Mbit/s in MiB/s.
pub fn total_s(used_mib: f64, writes: Writes, link_mbps: f64) -> Option<f64> {
    let rate = link_mbps / 9.0;
    let hot_rate = writes.hot_mib / writes.hot_s;
    if rate <= writes.cold_mib_s || rate <= hot_rate {
        return None;
    }
    let first = used_mib / rate;
    let tail = hot_rate / (rate - hot_rate);
    if first <= writes.hot_s {
        return Some(first + first * tail);
    }
    let cold = writes.hot_mib + (first - writes.hot_s) * writes.cold_mib_s;
    Some(first + cold / (rate - writes.cold_mib_s) + writes.hot_mib / rate * tail)
}

//! Timings of live migrations that others measured and published, and what the model says with the documented defaults.
//!
//! In: nothing. Out: one table; the seconds predicted for the rows whose memory and network are known.
//! Must not know: inventories, calibration.

use super::assumptions::{Activity, SETUP_MS, SWITCH_OVER_MS, TCP_STREAM_MBPS, WIRE_PERMILLE};
use super::precopy::Stopping;
use super::simulate::{Job, Problem, makespan_s, simulate};
use super::whole::{bytes_s, seconds};
use crate::units::{Mbps, MiB};

/// What has to be known to predict a timing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Speed of the port.
    pub port: Mbps,
    /// Most that one migration can use.
    pub stream: Mbps,
    /// Most that all can use together; the port's payload if larger.
    pub together: Mbps,
    /// VMs moved, all at once.
    pub vms: u64,
    /// Memory of all VMs together.
    pub memory: MiB,
}

/// One published timing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Who published it, where.
    pub source: &'static str,
    /// Software and network.
    pub what: &'static str,
    /// As published, seconds.
    pub seconds: &'static str,
    /// What was assumed beside the documented defaults.
    pub assumed: &'static str,
    /// Known well enough to be predicted and scored.
    pub setting: Option<Setting>,
}

const HOLMAN: &str = "K. Holman, 2013-07-01, Hyper-V, Live Migration, and the upgrade to 10 gigabit Ethernet";
const FINN: &str = "A. Finn, 2012, aidanfinn.com/?p=12228, concurrent live migration";
const IMPRESS: &str = "Impress Cloud Watch 645576, figure 1-7, 2014";
const QEMU: &str = "QEMU, docs/rdma.txt";

const ALL_AT_ONCE: &str = "the number at once is not published; all at once, since the port was full all the time";
const BETA: &str = "the beta of 2012 is limited by one core: 2.7 Gbit/s for one VM (its published peak), \
                    4.9 Gbit/s together (from the published 13 and 21 s)";

/// CPU limit of the 2012 beta on 10 GbE, one VM: peak of 338,530,495 bytes/s.
const BETA_STREAM_MBPS: Mbps = 2_708;
/// CPU limit of the 2012 beta on 10 GbE, all VMs.
const BETA_TOGETHER_MBPS: Mbps = 4_900;

/// 18 VMs with around 80 GB in all.
const fn holman(port: Mbps, seconds: &'static str) -> Timing {
    Timing {
        source: HOLMAN,
        what: if port == 1_000 {
            "2012, drain of 18 VMs with around 80 GB, 1 GbE, TCP"
        } else {
            "2012, drain of 18 VMs with around 80 GB, 10 GbE, TCP"
        },
        seconds,
        assumed: ALL_AT_ONCE,
        setting: Some(Setting {
            port,
            stream: TCP_STREAM_MBPS,
            together: port,
            vms: 18,
            memory: 80 * 1024,
        }),
    }
}

/// VMs of 512 MB on the 2012 beta, 20 allowed at once.
const fn finn(what: &'static str, port: Mbps, vms: u64, seconds: &'static str) -> Timing {
    let is_slow = port == 1_000;
    Timing {
        source: FINN,
        what,
        seconds,
        assumed: if is_slow { "" } else { BETA },
        setting: Some(Setting {
            port,
            stream: if is_slow { TCP_STREAM_MBPS } else { BETA_STREAM_MBPS },
            together: if is_slow { port } else { BETA_TOGETHER_MBPS },
            vms,
            memory: 512 * vms,
        }),
    }
}

const fn unscored(source: &'static str, what: &'static str, seconds: &'static str, why: &'static str) -> Timing {
    Timing {
        source,
        what,
        seconds,
        assumed: why,
        setting: None,
    }
}

const CAPTION: &str = "not scored: read from a caption, memory and network unknown";
const NOT_HYPER_V: &str = "not scored: another hypervisor";

/// Every published timing found, those that can be scored first.
pub const PUBLISHED: [Timing; 14] = [
    holman(1_000, "795"),
    holman(10_000, "65"),
    finn("2012 beta, 1 VM of 512 MB, 1 GbE, TCP", 1_000, 1, "7"),
    finn("2012 beta, 10 VMs of 512 MB, 1 GbE, TCP", 1_000, 10, "40"),
    finn("2012 beta, 20 VMs of 512 MB, 1 GbE, TCP", 1_000, 20, "80"),
    finn("2012 beta, 1 VM of 512 MB, 10 GbE, TCP", 10_000, 1, "5"),
    finn("2012 beta, 10 VMs of 512 MB, 10 GbE, TCP", 10_000, 10, "13"),
    finn("2012 beta, 20 VMs of 512 MB, 10 GbE, TCP", 10_000, 20, "21"),
    unscored(IMPRESS, "2012 R2, TCP", "over 60", CAPTION),
    unscored(IMPRESS, "2012 R2, compression", "about 15", CAPTION),
    unscored(IMPRESS, "2012 R2, SMB Direct", "under 10", CAPTION),
    unscored(
        QEMU,
        "KVM, 8 GB, 40 Gbit/s InfiniBand, RDMA without pinning",
        "7.5",
        NOT_HYPER_V,
    ),
    unscored(
        QEMU,
        "KVM, 8 GB, 40 Gbit/s InfiniBand, RDMA with pinning",
        "4",
        NOT_HYPER_V,
    ),
    unscored(
        "OPNFV, KVM4NFV, live migration user guide",
        "KVM, 8 GB guest that forwards packets, 10 GbE, TCP",
        "2.271",
        NOT_HYPER_V,
    ),
];

/// Seconds that the model predicts with the documented defaults for idle VMs of equal size.
pub fn predicted_s(setting: &Setting) -> f64 {
    let payload = setting.port * WIRE_PERMILLE / 1000;
    let job = Job {
        memory: Activity::Idle.memory(setting.memory / setting.vms.max(1)),
        links: vec![0],
        cap: bytes_s(setting.stream),
        slots: Vec::new(),
        setup_s: seconds(SETUP_MS),
        switch_over_s: seconds(SWITCH_OVER_MS),
        earliest_s: 0.0,
    };
    let problem = Problem {
        links: vec![bytes_s(payload.min(setting.together))],
        slots: Vec::new(),
        jobs: (0..setting.vms).map(|_| job.clone()).collect(),
        stopping: Stopping::default(),
    };
    let order: Vec<usize> = (0..problem.jobs.len()).collect();
    makespan_s(&simulate(&problem, &order))
}

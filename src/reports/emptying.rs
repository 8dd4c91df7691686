//! How long it takes to empty the slowest node and to patch all: one forecast for console, tiles and answers.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown, how a forecast is made.
//! The bound told with a forecast is that of the same moves over the same paths, so the two never contradict each other.

use super::data::ClusterData;
use super::drains::{View, headline, minutes};
use super::show;
use crate::migration::drain::{Forecast, NodeDrain};
use crate::units::show_mbps;

/// The forecast with its slowest drain; `None` where it moves nothing.
pub(super) fn slowest<'c>(cluster: &'c ClusterData) -> Option<(&'c Forecast, &'c NodeDrain)> {
    let forecast = cluster.drains.as_ref()?;
    let worst = forecast.drains.first().filter(|worst| worst.today.makespan_ms > 0)?;
    Some((forecast, worst))
}

/// A time with the one that is not passed in nine of ten cases: `3 min 12 s (3 min 40 s in nine of ten cases)`.
pub(super) fn with_p90(ms: u64, p90_ms: u64) -> String {
    format!("{} ({} in nine of ten cases)", minutes(ms), minutes(p90_ms))
}

/// The slowest drain: forecast, bound, what it is made of and what binds it, without its full stop.
pub(super) fn sentence(cluster: &ClusterData) -> String {
    if cluster.facts.nodes.len() < 2 {
        return "a single node has no other to give its VMs to".to_owned();
    }
    let Some((forecast, worst)) = slowest(cluster) else {
        return without_forecast(cluster);
    };
    let (name, drain) = (cluster.node_name(worst.node), &worst.today);
    let made_of = match drain.vms {
        0 => String::new(),
        vms => format!(
            ": {} of {}, {} at once over {}",
            show::memory(drain.memory_mib),
            show::count(vms, "VM", "VMs"),
            drain.concurrency,
            show_mbps(drain.egress_mbps)
        ),
    };
    let advice = match drain.advice.as_str() {
        "" => String::new(),
        advice => format!("; {advice}"),
    };
    let left = match drain.stranded.len() {
        0 => String::new(),
        some => format!(
            "; {} no place: the time is without {}",
            show::count(some, "VM finds", "VMs find"),
            if some == 1 { "it" } else { "them" }
        ),
    };
    format!(
        "{name} takes {} to empty{made_of}; no order is faster than {}{advice}{left}",
        with_p90(drain.makespan_ms, forecast.p90_ms(drain.makespan_ms)),
        minutes(drain.bound_ms)
    )
}

/// What is known where the forecast moves nothing: the bound of the plan, said as such.
fn without_forecast(cluster: &ClusterData) -> String {
    match cluster.slowest_drain() {
        None => "no VM moves live".to_owned(),
        Some((seconds, node)) if show::is_never(seconds) => format!("{node} {}", show::seconds(seconds)),
        Some((seconds, node)) => format!(
            "no forecast, since no VM finds a place; {node} takes at least {} by the speed of its ports",
            show::seconds(seconds)
        ),
    }
}

/// The tile of the slowest drain: its time, and what the time is.
pub(super) fn tile(cluster: &ClusterData) -> (String, String) {
    let Some((forecast, worst)) = slowest(cluster) else {
        return match cluster.slowest_drain() {
            Some((seconds, _)) if cluster.drains.is_some() => (
                show::seconds(seconds),
                "to empty the slowest node, at least (no forecast: no VM finds a place)".to_owned(),
            ),
            _ => ("nothing moves".to_owned(), "to empty the slowest node".to_owned()),
        };
    };
    let ms = worst.today.makespan_ms;
    let label = format!(
        "to empty the slowest node, {} ({} in nine of ten cases)",
        cluster.node_name(worst.node),
        minutes(forecast.p90_ms(ms))
    );
    (minutes(ms), label)
}

/// How long patching all nodes takes, in the words of the section on drains; empty where no node can give its VMs away.
pub(super) fn night(cluster: &ClusterData) -> String {
    let Some(forecast) = &cluster.drains else {
        return String::new();
    };
    let view = View {
        cluster: cluster.facts,
        forecast,
    };
    headline(&view).join(" ")
}

/// The tile of the patch night where the policy gives it a window: time, what it is, whether it misses the window.
pub(super) fn night_tile(cluster: &ClusterData) -> Option<(String, String, bool)> {
    let forecast = cluster.drains.as_ref()?;
    let window = forecast.window_ms?;
    let label = format!(
        "to patch all nodes ({} in nine of ten cases, window {})",
        minutes(forecast.run_p90_ms(&forecast.run)),
        minutes(window)
    );
    let misses = forecast.fits(&forecast.run) == Some(false);
    Some((minutes(forecast.run.total_ms()), label, misses))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixtures::{SMALL, world};
    use crate::reports::{ReportData, render_all, text};

    #[test]
    fn console_tile_and_page_say_the_same_drain_time_and_the_bound_of_the_same_model() {
        let mut world = world(SMALL);
        world.inventory.clusters[0].policy.maintenance_window_minutes = Some(240);
        let data = ReportData::new(&world.inventory, &world.verified, &[]);
        let (forecast, worst) = slowest(&data.clusters[0]).expect("VMs move");
        let time = minutes(worst.today.makespan_ms);
        let sure = minutes(forecast.p90_ms(worst.today.makespan_ms));
        let bound = minutes(worst.today.bound_ms);
        let console = text::plan_text(&data);
        let files = render_all(&data);
        let (_, page) = files.iter().find(|(name, _)| name == "report.html").expect("the page");
        let page = String::from_utf8(page.clone()).expect("UTF-8");

        let node = data.clusters[0].node_name(worst.node);
        let both = format!("{node} takes {time} ({sure} in nine of ten cases) to empty");
        let faster = format!("no order is faster than {bound}");
        assert!(console.contains(&both) && console.contains(&faster), "{console}");
        assert!(page.contains(&both) && page.contains(&faster));
        assert!(page.contains(&format!("<b>{time}</b><span>to empty the slowest node, {node} ({sure}")));
        assert!(page.contains("<span>to patch all nodes ("));
        let (raw, _) = data.clusters[0].slowest_drain().expect("a bound");
        assert_ne!(
            show::seconds(raw),
            bound,
            "the two models must differ, or this proves nothing"
        );
        assert!(
            !console.contains(&format!("at least {}", show::seconds(raw))),
            "{console}"
        );
        assert!(!page.contains(&format!("<b>{}</b>", show::seconds(raw))));
    }
}

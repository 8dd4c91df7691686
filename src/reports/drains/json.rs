//! The forecast for programs.

use super::View;
use super::answer::headline;
use crate::migration::drain::{Drain, Longest, PatchRun, Stranded};
use serde_json::{Value, json};

/// All clusters.
pub fn value(views: &[View]) -> Value {
    json!({ "schema_version": 1, "clusters": views.iter().map(cluster).collect::<Vec<_>>() })
}

fn cluster(view: &View) -> Value {
    let forecast = view.forecast;
    let nodes = forecast.drains.iter().map(|one| {
        json!({
            "node": view.node(one.node),
            "windows_default": drain(view, &one.today),
            "planned": one.planned.as_ref().map(|planned| drain(view, planned)),
        })
    });
    json!({
        "cluster": view.cluster.name,
        "answer": if forecast.answer() { "yes" } else { "no" },
        "summary": headline(view),
        "window_s": forecast.window_ms.map(seconds),
        "windows_default": run(view, &forecast.run),
        "planned": forecast.planned_run.as_ref().map(|planned| run(view, planned)),
        "recommended_concurrency": forecast.recommended,
        "nodes": nodes.collect::<Vec<_>>(),
        "stranded": stranded(view),
        "nlb_members_together": forecast.nlb_meetings.iter().map(|(vm, node)| json!({
            "vm": view.vm(*vm), "node": view.node(*node),
        })).collect::<Vec<_>>(),
        "by_concurrency": forecast.by_number.iter().map(|row| json!({
            "concurrency": row.number, "queue_s": seconds(row.queue_ms), "planned_s": seconds(row.planned_ms),
            "bound_s": seconds(row.bound_ms), "queue_blackout_ms": row.pause_ms,
            "planned_blackout_ms": row.planned_pause_ms, "allowed": row.is_allowed,
        })).collect::<Vec<_>>(),
        "by_port_speed": forecast.by_speed.iter().map(|row| json!({
            "speed_mbps": row.speed, "windows_default_s": seconds(row.today_ms), "planned_s": seconds(row.planned_ms),
        })).collect::<Vec<_>>(),
        "remedies": forecast.remedies.iter().map(|one| json!({
            "what": one.what, "total_s": seconds(one.total_ms), "p90_s": seconds(one.p90_ms),
            "fits": one.fits, "impossible": one.impossible,
        })).collect::<Vec<_>>(),
        "assumptions": forecast.assumptions.iter().map(|one| json!({
            "taken": one.taken, "instead": one.instead,
        })).collect::<Vec<_>>(),
    })
}

/// VMs that fit nowhere, with the place that the plan has for them.
fn stranded(view: &View) -> Vec<Value> {
    let row = |one: &&Stranded| {
        json!({
            "vm": view.vm(one.vm),
            "node": view.node(one.source),
            "why": one.why,
            "planned_target": view.forecast.planned_target(one.vm).map(|node| view.node(node)),
        })
    };
    view.forecast.stranded().iter().map(row).collect()
}

fn run(view: &View, run: &PatchRun) -> Value {
    let steps = run.steps.iter().map(|step| {
        json!({
            "nodes": step.nodes.iter().map(|node| view.node(*node)).collect::<Vec<_>>(),
            "vms": step.vms,
            "drain_s": seconds(step.drain_ms),
            "reboot_s": seconds(step.reboot_ms),
            "return_s": seconds(step.return_ms),
        })
    });
    json!({
        "total_s": seconds(run.total_ms()),
        "p90_s": seconds(view.forecast.run_p90_ms(run)),
        "fits": view.forecast.fits(run),
        "steps": steps.collect::<Vec<_>>(),
    })
}

fn drain(view: &View, drain: &Drain) -> Value {
    let longest = |one: Longest| json!({ "vm": view.vm(one.vm), "ms": one.ms });
    json!({
        "vms": drain.vms,
        "memory_mib": drain.memory_mib,
        "makespan_s": seconds(drain.makespan_ms),
        "p90_s": seconds(view.forecast.p90_ms(drain.makespan_ms)),
        "bound_s": seconds(drain.bound_ms),
        "binding_bound": drain.limit,
        "advice": drain.advice,
        "concurrency": drain.concurrency,
        "longest_blackout": drain.pause.map(longest),
        "longest_time_saved": drain.down.map(longest),
    })
}

/// Whole seconds, rounded up.
fn seconds(ms: u64) -> u64 {
    ms.div_ceil(1000)
}

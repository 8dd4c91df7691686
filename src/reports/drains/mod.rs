//! What people read about drains and patch nights. In: clusters with their [`Forecast`]. Out: text, tables, a drawing.
//!
//! Must not know: how a forecast is made. Every number is a whole one of the forecast.

mod answer;
mod json;
mod tables;
mod text;

pub use json::value as json;
pub use tables::{drain_csv, migrations_csv};
pub use text::write as text;

pub(in crate::reports) use answer::{headline, minutes};

use crate::inventory::Cluster;
use crate::migration::drain::Forecast;

/// `drain.svg`.
pub fn drain_svg(views: &[View]) -> Vec<u8> {
    super::drawings::drains::render(views)
}

/// A cluster and its forecast.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The facts.
    pub cluster: &'a Cluster,
    /// The answer.
    pub forecast: &'a Forecast,
}

impl<'a> View<'a> {
    /// Name of a node.
    pub(in crate::reports) fn node(&self, node: usize) -> &'a str {
        self.cluster.nodes.get(node).map_or("", |node| node.name.as_str())
    }

    /// Whether the inventory holds no VM, so that there is nothing to forecast.
    pub(in crate::reports) fn has_no_vms(&self) -> bool {
        self.cluster.vms.is_empty()
    }

    /// Name of a VM.
    pub(in crate::reports) fn vm(&self, vm: usize) -> &'a str {
        self.cluster.vms.get(vm).map_or("", |vm| vm.name.as_str())
    }
}

//! `path.svg` (placeholder).
use crate::reports::paths::PathData;
use crate::reports::svg::Svg;

/// Draws all clusters.
pub(in crate::reports) fn render(_data: &PathData) -> Vec<u8> {
    Svg::new("paths").finish("The way of live migrations")
}

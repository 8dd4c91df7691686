//! Reads small reports in both layouts.

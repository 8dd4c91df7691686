//! WHAT EXISTS. In: files. Out: [`Inventory`], or every problem of every file. No opinions.

mod entities;

pub use entities::*;

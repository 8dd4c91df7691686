//! nicplan: the command line.

fn main() {}

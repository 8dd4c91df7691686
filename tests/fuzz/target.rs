//! The body that is called like this target, for libFuzzer.
#![no_main]

mod bodies;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // In memory where the system has such a place: a fuzzer writes thousands of small files in a second.
    let memory = std::path::Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let dir = base.join(format!("nicplan-fuzz-{}", std::process::id()));
    bodies::run(env!("CARGO_BIN_NAME"), data, &dir);
});

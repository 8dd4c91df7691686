//! Arguments that make no sense, places that cannot be written, names made to do harm: a clear message or the right output, never a
//! broken file, and nothing that steers a terminal.

mod program;

use program::{NICS, NODES, folder, nicplan, place, project, text};
use std::fs;

const SAMPLE: &str = "samples/four-node-2008r2";

#[test]
fn an_output_folder_that_is_a_file_is_called_one() {
    let dir = folder("odd-file", &[("taken", b"mine")]);
    let taken = dir.join("taken");
    for arguments in [
        ["review", SAMPLE, "-o", text(&taken)].as_slice(),
        &["init", text(&taken)],
        &["import", SAMPLE, "-o", text(&taken)],
        &["redact", SAMPLE, "-o", text(&taken)],
    ] {
        let run = nicplan(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(
            run.err.contains("it is a file, and -o names a folder"),
            "{arguments:?}: {}",
            run.err
        );
        assert_eq!(fs::read(&taken).ok().as_deref(), Some(b"mine".as_slice()));
    }
}

#[test]
fn tables_are_never_written_over_an_inventory() {
    let dir = folder("odd-over", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let other = folder("odd-over-other", &[("nodes.csv", NODES)]);
    for command in ["import", "redact"] {
        let run = nicplan(&[command, text(&dir), "-o", text(&dir)]);
        assert_eq!(run.code, 2, "{}", run.err);
        let refused = ["is an INPUT", "already holds nodes.csv"]
            .iter()
            .any(|why| run.err.contains(why));
        assert!(refused, "{}", run.err);

        let run = nicplan(&[command, text(&dir), "-o", text(&other)]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("already holds nodes.csv"), "{}", run.err);
    }
    assert_eq!(program::entries(&dir).len(), 2);
    assert_eq!(program::entries(&other).len(), 1);
}

#[test]
fn a_path_from_a_node_to_itself_is_no_migration() {
    let run = nicplan(&["path", SAMPLE, "--from", "HV1", "--to", "hv1"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("name the same node, HV1"), "{}", run.err);
}

/// JSON may hold what no table may: a name with an escape sequence.
#[test]
fn nothing_in_a_plan_steers_the_terminal() {
    let plan = fs::read_to_string(project().join("reports/four-node-2008r2/plan.json")).expect("the committed plan");
    let evil = "\\u001b[31m\\u009b2J\\u202eX";
    let name = serde_json::from_str::<serde_json::Value>(&plan).expect("JSON")["clusters"][0]["cluster"]
        .as_str()
        .expect("a name")
        .to_owned();
    let node = plan.replace("\"HV1\"", &format!("\"HV1{evil}\""));
    let cluster = plan.replace(&format!("\"{name}\""), &format!("\"{evil}\""));
    let status = plan.replace("\"optimal\"", &format!("\"{evil}\""));
    for (number, text_of_plan) in [node, cluster, status].iter().enumerate() {
        assert_ne!(*text_of_plan, plan, "{number}");
        let dir = folder(&format!("odd-plan-{number}"), &[("plan.json", text_of_plan.as_bytes())]);
        let file = dir.join("plan.json");
        for arguments in [
            ["check", SAMPLE, "--plan", text(&file)].as_slice(),
            &["review", SAMPLE, "--plan", text(&file)],
            &["path", SAMPLE, "--plan", text(&file)],
            &["drain", SAMPLE, "--plan", text(&file), "--all"],
            &[
                "deploy",
                SAMPLE,
                "--plan",
                text(&file),
                "-o",
                text(&place("odd-plan-out")),
            ],
            &["diff", "reports/four-node-2008r2/plan.json", text(&file)],
        ] {
            let run = nicplan(arguments);
            let said = format!("{}{}", run.out, run.err);
            let steering = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!said.contains(steering), "{arguments:?} {number}: {said:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_a_closed_pipe_is_no_error() {
    use std::process::{Command, Stdio};
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let run = Command::new(env!("CARGO_BIN_EXE_nicplan"))
        .args(["review", SAMPLE])
        .current_dir(project())
        .stdout(full)
        .output()
        .expect("the program was built for this test");
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("the disk is full"));

    let mut child = Command::new(env!("CARGO_BIN_EXE_nicplan"))
        .args(["review", "samples/broken", "--format", "json", "--fail-on", "never"])
        .current_dir(project())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built for this test");
    drop(child.stdout.take());
    let run = child.wait_with_output().expect("it ends");
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn the_list_of_columns_to_fill_is_refused_in_forms_for_programs_with_advice() {
    for format in ["csv", "json", "sarif", "junit"] {
        let run = nicplan(&["review", "samples/broken", "--not-checked", "--format", format]);
        assert_eq!(run.code, 2, "{format}: {}", run.err);
        assert!(
            run.out.is_empty() && run.err.contains("rules.csv"),
            "{format}: {}",
            run.err
        );
    }
}

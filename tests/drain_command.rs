//! `nicplan drain` from the command line: exit codes, files, columns, hostile names.

mod program;

use program::{folder, nicplan, place, text};
use serde_json::Value;
use std::fs;

const SAMPLE: &str = "samples/patch-night";

fn json(arguments: &[&str]) -> (i32, Value) {
    let mut all = vec!["drain"];
    all.extend(arguments);
    all.extend(["--format", "json"]);
    let run = nicplan(&all);
    let value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err));
    (run.code, value)
}

#[test]
fn the_first_lines_answer_how_long_the_patch_night_takes() {
    let run = nicplan(&["drain", SAMPLE]);

    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].contains("HVC-PATCH: how long the patch night takes"),
        "{}",
        run.out
    );
    assert!(lines[2].contains("Windows needs 3 h 49 min for 4 nodes"), "{}", run.out);
    assert!(lines[4].contains("on an ordinary night only"), "{}", run.out);
    assert_eq!(run.code, 1);

    let (_, value) = json(&[SAMPLE]);
    let first = value["clusters"][0]["summary"][0].as_str().expect("a sentence");
    assert_eq!(first, lines[2].trim());
    assert!(run.err.contains("Next: run again with -o DIR"), "{}", run.err);
}

#[test]
fn without_a_window_the_answer_says_how_to_give_one() {
    let run = nicplan(&["drain", "samples/converged-2016"]);

    assert!(run.out.contains("give the window with --window MINUTES"), "{}", run.out);
    let windowed = nicplan(&["drain", "samples/converged-2016", "--window", "240"]);
    assert!(!windowed.out.contains("give the window"), "{}", windowed.out);
}

#[test]
fn a_drain_held_up_by_the_smb_limit_names_the_limit_and_not_the_port() {
    let run = nicplan(&["drain", "samples/converged-2016"]);

    assert!(
        run.out.contains("the SMB limit of S2D02 is full all the time"),
        "{}",
        run.out
    );
}

#[test]
fn the_exit_code_says_whether_the_night_fits_its_window() {
    let (_, value) = json(&[SAMPLE, "--window", "600"]);
    let sure_s = value["clusters"][0]["windows_default"]["p90_s"]
        .as_u64()
        .expect("a number");
    let minutes = sure_s.div_ceil(60);

    let fits = nicplan(&["drain", SAMPLE, "--window", &minutes.to_string()]);
    let misses = nicplan(&["drain", SAMPLE, "--window", &(minutes - 1).to_string()]);

    assert_eq!((fits.code, misses.code), (0, 1));
    assert!(fits.out.contains("to spare"), "{}", fits.out);
}

#[test]
fn a_longer_reboot_makes_a_longer_night() {
    let total = |reboot: &str| {
        let (_, value) = json(&[SAMPLE, "--reboot", reboot]);
        value["clusters"][0]["windows_default"]["total_s"]
            .as_u64()
            .expect("a number")
    };

    assert_eq!(total("30") - total("20"), 4 * 600);
}

#[test]
fn one_node_is_one_step() {
    let (code, value) = json(&[SAMPLE, "--node", "hv2", "--window", "120"]);

    let cluster = &value["clusters"][0];
    let steps = cluster["windows_default"]["steps"].as_array().expect("steps");
    assert_eq!((code, steps.len(), &steps[0]["nodes"][0]), (0, 1, &Value::from("HV2")));
    assert_eq!(cluster["nodes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_unknown_node_and_an_unknown_wiring_are_told_with_what_to_do() {
    let unknown = nicplan(&["drain", SAMPLE, "--node", "HV9"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("there is no node 'HV9'") && unknown.err.contains("HV1"),
        "{}",
        unknown.err
    );

    let dir = folder(
        "drain-unknown",
        &[("nodes.csv", program::NODES), ("nics.csv", program::NICS)],
    );
    let wiring = nicplan(&["drain", text(&dir)]);
    assert_eq!(wiring.code, 2);
    assert!(wiring.err.contains("--plan"), "{}", wiring.err);

    let file = dir.join("broken.json");
    fs::write(&file, "{").expect("the build folder can be written");
    let broken = nicplan(&["drain", SAMPLE, "--calibration", text(&file)]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("broken.json"), "{}", broken.err);
}

#[test]
fn the_files_have_the_promised_columns_and_the_same_bytes_every_time() {
    let (first, second) = (place("drain-first"), place("drain-second"));
    for dir in [&first, &second] {
        assert_eq!(nicplan(&["drain", SAMPLE, "-o", text(dir)]).code, 1);
    }
    let read = |dir: &std::path::Path, file: &str| fs::read(dir.join(file)).expect("the file was written");
    for file in ["drain.csv", "drain.svg", "migrations.csv", "paths.csv"] {
        assert_eq!(read(&first, file), read(&second, file), "{file}");
    }
    let header = |file: &str| {
        let bytes = read(&first, file);
        String::from_utf8_lossy(&bytes)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        header("drain.csv"),
        "cluster,schedule,node,vms,memory_mib,makespan_s,bound_s,binding_bound,concurrency,p90_s"
    );
    assert_eq!(
        header("migrations.csv"),
        "cluster,schedule,wave,vm,source,target,start_s,end_s,p90_end_s,memory_mib,rate_mbps,blackout_ms,why"
    );
    assert_eq!(
        header("paths.csv"),
        "cluster,source,target,network,source_nic,target_nic,transport,cap_mbps,concurrency,layer,why,guaranteed_mbps,left_mbps"
    );
}

#[test]
fn of_many_nodes_the_longest_drains_are_drawn_and_any_other_on_request() {
    let (dir, out) = (place("drain-many"), place("drain-many-out"));
    let made = nicplan(&[
        "generate",
        "--nodes",
        "12",
        "--vms",
        "60",
        "--seed",
        "3",
        "-o",
        text(&dir),
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let drawn = |arguments: &[&str]| {
        let run = nicplan(&[&["drain", text(&dir), "-o", text(&out)], arguments].concat());
        assert!(run.code < 2, "{}", run.err);
        let svg = fs::read_to_string(out.join("drain.svg")).expect("the drawing was written");
        let document = roxmltree::Document::parse(&svg).expect("well-formed");
        let texts = document.descendants().filter(roxmltree::Node::is_text);
        let lines = texts.filter_map(|node| node.text().map(str::to_owned));
        lines.collect::<Vec<_>>()
    };

    let all = drawn(&[]);

    let gantts = |lines: &[String]| -> Vec<String> {
        let heads = lines.iter().filter_map(|line| line.strip_prefix("Draining "));
        heads.filter(|head| !head.contains(':')).map(str::to_owned).collect()
    };
    assert_eq!(gantts(&all).len(), 4, "{all:?}");
    assert!(
        all.iter()
            .any(|line| line.starts_with("8 drains are shorter: nicplan drain INPUT --node NODE"))
    );
    let nodes = fs::read_to_string(dir.join("nodes.csv")).expect("the inventory was written");
    let names = nodes.lines().skip(1).filter_map(|line| line.split(',').next());
    let left_out = names
        .map(str::to_owned)
        .find(|name| !gantts(&all).contains(name))
        .expect("a node without Gantt");
    assert_eq!(gantts(&drawn(&["--node", &left_out])), [left_out]);
}

/// Two nodes with VMs of these names.
fn hostile(name: &str, names: &[&str]) -> std::path::PathBuf {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut vms = String::from("vm,node,memory_mib\n");
    for vm in names {
        vms.push_str(&format!("{},{},4096\n", quoted(vm), quoted("<b>HV1</b>")));
    }
    let node = quoted("<b>HV1</b>");
    let nics = format!(
        "node,nic,speed_mbps,current_role\n{node},A,10000,management\n{node},B,10000,live-migration\nHV2,A,10000,management\nHV2,B,10000,live-migration\n"
    );
    folder(
        name,
        &[
            ("nodes.csv", format!("node\n{node}\nHV2\n").as_bytes()),
            ("nics.csv", nics.as_bytes()),
            ("vms.csv", vms.as_bytes()),
        ],
    )
}

#[test]
fn hostile_names_stay_text() {
    let long = "a VM with a name that goes on and on and on until nobody reads it any more ".repeat(3);
    let names = [
        "=cmd|'/c calc'!A1",
        "</text><script>alert(1)</script>",
        "\u{202e}txt",
        long.trim(),
    ];
    let input = hostile("drain-hostile", &names);
    let out = place("drain-hostile-out");

    let run = nicplan(&["drain", text(&input), "-o", text(&out)]);

    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(!run.out.contains('\u{202e}'));
    let svg = fs::read_to_string(out.join("drain.svg")).expect("the drawing was written");
    assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\u{202e}'));
    let document = roxmltree::Document::parse(&svg).expect("well-formed");
    let width = document
        .root_element()
        .attribute("width")
        .and_then(|w| w.parse::<u32>().ok());
    assert!(
        width.is_some_and(|w| w <= 1220),
        "long names must not widen the drawing: {width:?}"
    );
    let csv = fs::read_to_string(out.join("migrations.csv")).expect("the table was written");
    assert!(csv.contains("\"'=cmd|"), "{csv}");
}

#[test]
fn one_vm_and_hundreds_are_drawn() {
    for count in [1, 300] {
        let names: Vec<String> = (0..count).map(|number| format!("VM{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let input = hostile(&format!("drain-{count}-vms"), &names);
        let out = place(&format!("drain-{count}-vms-out"));

        let run = nicplan(&["drain", text(&input), "-o", text(&out)]);

        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let svg = fs::read_to_string(out.join("drain.svg")).expect("the drawing was written");
        let document = roxmltree::Document::parse(&svg).expect("well-formed");
        let height = document
            .root_element()
            .attribute("height")
            .and_then(|h| h.parse::<u32>().ok());
        assert!(height.is_some_and(|h| h < 2_000), "{count} VMs: {height:?}");
    }
}

#[test]
#[cfg(feature = "solver")]
fn a_plan_gives_the_wiring_where_the_inventory_has_none() {
    let dir = folder(
        "drain-plan",
        &[
            ("nodes.csv", program::NODES),
            ("nics.csv", program::NICS),
            ("vms.csv", b"vm,node\nA,HV1\n"),
        ],
    );
    let out = place("drain-plan-out");
    nicplan(&["plan", text(&dir), "-o", text(&out)]);

    let plan = out.join("plan.json");
    let run = nicplan(&["drain", text(&dir), "--plan", text(&plan)]);

    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("Once the plan is applied, Windows needs"),
        "{}",
        run.out
    );
}

#[test]
fn a_learnt_history_changes_the_forecast_and_narrows_it() {
    let file = place("drain-calibration").join("calibration.json");
    let learnt = nicplan(&["calibrate", "samples/migration-history/history.csv", "-o", text(&file)]);
    assert_eq!(learnt.code, 0, "{}{}", learnt.out, learnt.err);

    let (_, plain) = json(&[SAMPLE]);
    let (_, calibrated) = json(&[SAMPLE, "--calibration", text(&file)]);

    let spread = |value: &Value| {
        let node = &value["clusters"][0]["nodes"][0]["windows_default"];
        let number = |name: &str| node[name].as_f64().expect("a number");
        number("p90_s") / number("makespan_s")
    };
    assert!(spread(&plain) > 1.45, "{}", spread(&plain));
    assert!(
        spread(&calibrated) < spread(&plain),
        "{} {}",
        spread(&calibrated),
        spread(&plain)
    );
    assert_ne!(plain["clusters"][0]["nodes"], calibrated["clusters"][0]["nodes"]);
}

#[test]
fn without_vms_nothing_is_said_of_moving_them() {
    let run = nicplan(&["drain", "samples/test-cluster-report"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("names no VM of this cluster"), "{}", run.out);
    assert!(
        run.out
            .contains("Installing and restarting 3 nodes, one after the other, takes 45 min."),
        "{}",
        run.out
    );
    assert!(
        !run.out.contains("0 VMs with 0 MiB") && !run.out.contains("How many at once?"),
        "{}",
        run.out
    );
}

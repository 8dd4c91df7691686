//! CBC, the solver of COIN-OR, as a program of its own (Debian: `apt-get install coinor-cbc`): shares no code with the planner.
#![allow(dead_code)] // each test file uses its part

use super::mip::Model;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What CBC answered.
#[derive(Debug)]
pub struct Answer {
    /// Its own words, such as `Optimal` or `Stopped on time`.
    pub status: String,
    /// Best value of the goal found, if any was.
    pub best: Option<f64>,
    /// Proven bound of the goal, where the answer is not proven optimal.
    pub bound: Option<f64>,
    /// A value for each column of the model.
    pub values: Vec<f64>,
}

impl Answer {
    /// Whether there is a solution; panics when CBC gave up, which at these sizes it must not.
    pub fn is_feasible(&self) -> bool {
        match self.status.as_str() {
            "Optimal" => true,
            "Infeasible" | "Integer infeasible" => false,
            other => panic!("CBC did not decide: {other}"),
        }
    }
}

/// Whether CBC can be asked; says so if not. `.ci/run` makes sure that it can.
pub fn available() -> bool {
    let found = Command::new("cbc")
        .args(["-quit"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_err() {
        println!("skipped: there is no `cbc` on the PATH to compare with (Debian: apt-get install coinor-cbc)");
    }
    found.is_ok()
}

/// Solves a model to proven optimality, or until `seconds` have passed. `name`: of the .lp file, below the build folder.
pub fn solve(model: &Model, name: &str, seconds: u64) -> Answer {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cbc");
    fs::create_dir_all(&folder).expect("the build folder can be written");
    let problem = folder.join(format!("{name}.lp"));
    let solution = folder.join(format!("{name}.sol"));
    fs::write(&problem, model.lp_text()).expect("the build folder can be written");
    let _ = fs::remove_file(&solution);
    let limit = seconds.to_string();
    let run = Command::new("cbc")
        .arg(&problem)
        .args([
            "-timeMode",
            "elapsed",
            "-seconds",
            &limit,
            "-ratioGap",
            "0",
            "-allowableGap",
            "0",
        ])
        .args(["-solve", "-solution"])
        .arg(&solution)
        .stdin(Stdio::null())
        .output()
        .expect("cbc was found before");
    let log = String::from_utf8_lossy(&run.stdout).into_owned();
    let text = fs::read_to_string(&solution).unwrap_or_else(|e| panic!("no answer of CBC ({e}):\n{log}"));
    read(&text, &log, model.columns())
}

/// Reads the solution file: a line with status and value, then number, name, value of the columns that are not 0.
fn read(text: &str, log: &str, columns: usize) -> Answer {
    let mut lines = text.lines();
    let (status, value) = lines
        .next()
        .and_then(|line| line.split_once(" - objective value "))
        .unwrap_or_else(|| panic!("unknown answer of CBC: {text}\n{log}"));
    let mut values = vec![0.0; columns];
    for line in lines {
        let mut cells = line.split_whitespace().filter(|cell| *cell != "**").skip(1);
        let column = cells
            .next()
            .and_then(|name| name.strip_prefix('x')?.parse::<usize>().ok());
        if let (Some(column), Some(value)) = (column, cells.next().and_then(|v| v.parse().ok())) {
            values[column] = value;
        }
    }
    let said = |label: &str| {
        let line = log.lines().find_map(|line| line.strip_prefix(label))?;
        line.trim().parse::<f64>().ok()
    };
    let nothing = log.contains("No feasible solution found");
    Answer {
        status: status.trim().to_owned(),
        best: value.trim().parse().ok().filter(|_| !nothing),
        bound: said("Lower bound:"),
        values,
    }
}

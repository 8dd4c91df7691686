//! What each file of `nicplan deploy` is for, under its own name: `HV1-1-pre-check.ps1`, `cluster-2-after`, `RUNBOOK.md`.

/// One kind of file that `deploy` writes.
pub(super) struct Script {
    /// As it is listed and typed.
    pub(super) name: &'static str,
    /// Name of the file without node and extension; names of files that end so mean it.
    pub(super) stem: &'static str,
    /// One sentence without its full stop.
    pub(super) about: &'static str,
}

/// All kinds, in the order in which a person needs them.
pub(super) static SCRIPTS: [Script; 8] = [
    Script {
        name: "runbook",
        stem: "runbook",
        about: "RUNBOOK.md: the order of everything, what is done by hand between the scripts, and the way back; read it first",
    },
    Script {
        name: "steps",
        stem: "steps",
        about: "steps.csv: every step of every script with the rule or decision that it serves, for a change request",
    },
    Script {
        name: "pre-check",
        stem: "1-pre-check",
        about: "the first script of a node, which changes nothing: it compares the node with the inventory and says what stands in the way",
    },
    Script {
        name: "before",
        stem: "cluster-1-before",
        about: "the cluster's first script, run once on one node before the nodes' own: what all nodes need together, such as the intents of \
                Network ATC",
    },
    Script {
        name: "apply",
        stem: "2-apply",
        about: "the script that changes a node, one drained node after the other, after its pre-check says ok; -WhatIf shows what it would do, \
                and it writes down how everything was",
    },
    Script {
        name: "verify",
        stem: "3-verify",
        about: "the script that compares a node, or the cluster, with the plan after the change; it changes nothing",
    },
    Script {
        name: "after",
        stem: "cluster-2-after",
        about: "the cluster's second script, run once when all nodes are done: names, uses and metrics of cluster networks, and live migration",
    },
    Script {
        name: "rollback",
        stem: "4-rollback",
        about: "the script that puts a node, or the cluster, back as it was before apply; it needs what apply wrote down beside itself",
    },
];

/// Whether a file of this name is of this kind: `HV1-1-pre-check.cmd` is a `pre-check`.
pub(super) fn is_named(file: &str, kind: &str) -> bool {
    let name = file.trim().to_lowercase();
    let endings = [".ps1", ".cmd", ".md", ".csv"];
    let stem = endings.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let of_kind = |script: &&Script| stem == script.stem || stem.ends_with(&format!("-{}", script.stem));
    SCRIPTS.iter().find(of_kind).is_some_and(|script| script.name == kind)
}

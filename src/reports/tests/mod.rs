//! The reports agree with each other, read back, and say the same every time.

mod geometry;
mod page;

use super::fixtures::{Names, SMALL, Spec, World, world};
use super::*;
use crate::plan::Style;
use std::collections::BTreeSet;

fn all(world: &World) -> Vec<(String, Vec<u8>)> {
    render_all(&ReportData::new(&world.inventory, &world.verified, &world.findings))
}

fn file<'a>(files: &'a [(String, Vec<u8>)], name: &str) -> &'a str {
    let found = files
        .iter()
        .find(|(file, _)| file == name)
        .map(|(_, bytes)| bytes.as_slice())
        .unwrap_or_default();
    std::str::from_utf8(found).expect("UTF-8")
}

fn records(text: &str) -> (Vec<String>, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    (
        header,
        reader
            .records()
            .map(|r| r.expect("a row as long as the header"))
            .collect(),
    )
}

/// Worlds of every size and style, with long and hostile names, several clusters, unmet requirements, nothing at all.
fn worlds() -> Vec<World> {
    let sizes = [(1, 0), (2, 8), (4, 20), (16, 200), (64, 800)];
    let mut worlds = Vec::new();
    for (nodes, vms) in sizes {
        for style in Style::ALL {
            worlds.push(world(Spec {
                nodes,
                vms,
                style,
                ..SMALL
            }));
        }
    }
    for names in [Names::Long, Names::LongBefore, Names::Hostile] {
        for nodes in [2, 20] {
            worlds.push(world(Spec {
                nodes,
                names,
                style: Style::Hybrid,
                unmet: true,
                clusters: 2,
                ..SMALL
            }));
        }
    }
    worlds
}

#[test]
fn the_table_of_reports_is_sorted_and_complete() {
    assert!(REPORTS.windows(2).all(|w| w[0].file < w[1].file));
    let design = "plan.json assignment.csv role_capacity.csv external_networks.csv failures.csv mac_plan.csv static_macs.csv \
                  findings.csv assignment.svg wiring.svg utilisation.svg failures.svg mac_pools.svg report.html";
    let mut names: Vec<&str> = design.split(' ').filter(|n| !n.is_empty()).collect();
    names.sort_unstable();
    assert_eq!(REPORTS.iter().map(|r| r.file).collect::<Vec<_>>(), names);
}

#[test]
fn columns_are_those_of_the_design() {
    let files = all(&world(SMALL));
    let expected = [
        (
            "assignment.csv",
            "cluster,node,nic,card,tor,speed_mbps,rdma,role,network,style,uplink,share_permille,demand_mbps,utilisation_permille,\
             worst_utilisation_permille,worst_failure,vlans,changed,why,growth_percent",
        ),
        (
            "role_capacity.csv",
            "cluster,node,role,network,demand_mbps,capacity_mbps,worst_capacity_mbps,worst_failure,margin_permille,growth_percent,divided_by",
        ),
        (
            "external_networks.csv",
            "cluster,network,vm,vnic,vlan,need_mbps,group,dedicated,changed,why,growth_percent",
        ),
        (
            "failures.csv",
            "cluster,failed,kind,node,role,network,capacity_mbps,demand_mbps,result,growth_percent,why",
        ),
        (
            "mac_plan.csv",
            "cluster,node,pool_min,pool_max,new_pool_min,new_pool_max,in_use,worst_in_use,changed",
        ),
        (
            "static_macs.csv",
            "cluster,vm,vnic,current_mac,dynamic,planned_mac,spoofing,reason",
        ),
        (
            "findings.csv",
            "rule,severity,cluster,subject,message,current,expected,risk,fix,source,file,line,column,state,suppressed_by,counts_as,stays,judged_by",
        ),
    ];
    for (name, columns) in expected {
        let text = file(&files, name);
        assert_eq!(text.lines().next(), Some(columns), "{name}");
        assert!(!text.contains('\r') && text.ends_with('\n'), "{name}: LF only");
        assert!(text.lines().count() > 1, "{name} has rows");
    }
}

#[test]
fn every_table_reads_back_with_hostile_names_and_holds_no_formula() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".csv")) {
            let (_, rows) = records(std::str::from_utf8(bytes).expect("UTF-8"));
            for cell in rows.iter().flatten() {
                let number = cell.parse::<f64>().is_ok();
                assert!(
                    number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{name}: {cell}"
                );
            }
        }
    }
}

#[test]
fn an_idle_nic_has_one_row_and_a_shared_one_a_row_per_role() {
    let files = all(&world(Spec {
        style: Style::Hybrid,
        ..SMALL
    }));
    let (_, rows) = records(file(&files, "assignment.csv"));
    let of = |nic: &str| {
        rows.iter()
            .filter(|r| &r[1] == "HV1" && &r[2] == nic)
            .collect::<Vec<_>>()
    };
    let shared: Vec<&str> = of("SLOT1P1").iter().map(|r| &r[7]).collect();
    assert_eq!(shared, ["management", "vm"]);
    assert_eq!(&of("SLOT1P1")[1][8], "External-1");
    let idle = of("SLOT4P2");
    assert_eq!(
        (idle.len(), &idle[0][7], &idle[0][9], &idle[0][11]),
        (1, "", "hybrid", "")
    );
    assert_eq!(&of("SLOT1P1")[0][17], "yes", "the first NIC changes");
    assert!(of("SLOT2P1")[0][18].contains("storage"), "why of the pattern");
}

#[test]
fn every_nic_and_role_of_the_table_is_in_the_drawing() {
    for spec in [
        SMALL,
        Spec { nodes: 64, ..SMALL },
        Spec {
            style: Style::Converged,
            names: Names::Long,
            ..SMALL
        },
    ] {
        let files = all(&world(spec));
        let (_, rows) = records(file(&files, "assignment.csv"));
        let document = roxmltree::Document::parse(file(&files, "assignment.svg")).expect("well-formed");
        let words: String = document
            .descendants()
            .filter_map(|n| n.text())
            .collect::<Vec<_>>()
            .join("\n");
        let wanted: BTreeSet<&str> = rows.iter().flat_map(|r| [&r[2], &r[7], &r[8]]).collect();
        for name in wanted {
            assert!(words.contains(name), "{name} is missing");
        }
    }
}

#[test]
fn drawings_are_well_formed_and_hold_no_outside_reference() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".svg")) {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let document = roxmltree::Document::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            for node in document.descendants().filter(roxmltree::Node::is_element) {
                let element = node.tag_name().name();
                assert!(
                    !["script", "image", "use", "foreignObject", "a", "style"].contains(&element),
                    "{name}: {element}"
                );
                assert!(
                    node.attributes()
                        .all(|a| !a.name().contains("href") && !a.name().starts_with("on")),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn no_shape_lies_outside_its_drawing() {
    for world in worlds() {
        for (name, bytes) in all(&world).iter().filter(|(name, _)| name.ends_with(".svg")) {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let document = roxmltree::Document::parse(text).expect("well-formed");
            let root = document.root_element();
            let number = |node: &roxmltree::Node, name: &str| {
                node.attribute(name).and_then(|v| v.parse::<i64>().ok()).unwrap_or(0)
            };
            let (width, height) = (number(&root, "width"), number(&root, "height"));
            for node in root
                .descendants()
                .filter(|n| ["rect", "text"].contains(&n.tag_name().name()))
            {
                let right = number(&node, "x") + number(&node, "width");
                let bottom = number(&node, "y") + number(&node, "height");
                assert!(
                    right <= width && bottom <= height && number(&node, "x") >= 0,
                    "{name}: {right},{bottom} of {width},{height}"
                );
            }
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let spec = Spec {
        nodes: 20,
        unmet: true,
        clusters: 2,
        ..SMALL
    };
    assert_eq!(all(&world(spec)), all(&world(spec)));
}

#[test]
fn the_console_answer_names_what_matters_and_nothing_hidden() {
    let world = world(Spec {
        nodes: 24,
        unmet: true,
        names: Names::Plain,
        ..SMALL
    });
    let text = text::plan_text(&ReportData::new(&world.inventory, &world.verified, &world.findings));
    for words in [
        "HV1 to HV24 (24 nodes)",
        "SMB Multichannel",
        "External-1",
        "Not met:",
        "dedicated (chosen)",
        "mac-pool-overlap",
        "report.html",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let hostile = super::fixtures::world(Spec {
        names: Names::Hostile,
        ..SMALL
    });
    let text = text::plan_text(&ReportData::new(
        &hostile.inventory,
        &hostile.verified,
        &hostile.findings,
    ));
    assert!(!text.chars().any(|c| c != '\n' && show::is_hidden(c)));
}

#[test]
fn plan_json_reads_back_as_the_plan() {
    let world = world(SMALL);
    let files = all(&world);
    let text = file(&files, "plan.json");
    assert!(text.ends_with("}\n"));
    let plan: crate::plan::Plan = serde_json::from_str(text).expect("a plan");
    assert_eq!(&plan, world.verified.plan());
}

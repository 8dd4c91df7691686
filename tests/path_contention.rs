//! Live migration on ports that others use: what is left beside their need, what traffic classes promise, and drains that take both
//! into account.

mod support;

use nicplan::demand::needs;
use nicplan::inventory::{Cluster, Demand, Fact, Origin, TrafficClass};
use nicplan::migration::calibration::Calibration;
use nicplan::migration::calibration::file::Entry;
use nicplan::migration::drain::{Forecast, Network, OtherPorts, Ports, Question, forecast};
use nicplan::migration::path::{Layer, Path, paths};
use nicplan::migration::wiring::Wiring;
use nicplan::profiles::Transport;
use nicplan::roles::Role;
use support::wired::{converged, dedicated};

/// The way from HV1 to HV2 with what others need of its ports.
fn first_path(cluster: &Cluster) -> Path {
    let wiring = Wiring::today_with(cluster, &needs(cluster, None));
    let all = paths(cluster, &wiring);
    all.into_iter()
        .find(|p| (p.source, p.target) == (0, 1))
        .expect("the cluster has two nodes")
}

fn demand(role: Role, rate: u64) -> Demand {
    Demand {
        node: None,
        role,
        rate,
        origin: Origin::default(),
    }
}

/// Two ports of 25 Gbit/s in one SET for everything, no limit of live migration, and a known need of the host's roles.
fn shared(storage: u64) -> Cluster {
    let mut cluster = converged("2016", 3);
    for node in &mut cluster.nodes {
        node.migration.smb_limit = None;
    }
    cluster.demands = vec![demand(Role::Management, 500), demand(Role::Storage, storage)];
    cluster
}

#[test]
fn beside_other_traffic_the_rest_of_the_port_is_left_and_never_less_than_a_tenth() {
    let path = first_path(&shared(7_500));
    // the host vNIC sits on one port of 25 Gbit/s, and on each port others need half of 8,000
    assert_eq!(path.width, (25_000, 25_000));
    assert_eq!(path.left.needed, 8_000);
    assert_eq!((path.cap, path.left.cap), (23_750, (25_000 - 4_000) * 95 / 100));
    assert!(!path.left.is_starved);

    let full = first_path(&shared(60_000));
    assert_eq!((full.left.cap, full.left.is_starved), (2_500 * 95 / 100, true));

    // a promise holds whatever the others need
    let mut promised = shared(60_000);
    for node in &mut promised.nodes {
        node.host_vnics[0].weight = Some(40);
    }
    let path = first_path(&promised);
    assert_eq!((path.guaranteed, path.left.egress), (Some(9_500), 9_500));
    // of 40 and 10 for the default flow, not of 100: four fifths of the port
    for switch in promised.nodes.iter_mut().flat_map(|node| &mut node.switches) {
        switch.facts.insert("default_flow_weight", Fact::Number(10));
    }
    assert_eq!(first_path(&promised).guaranteed, Some(19_000));

    let own = first_path(&dedicated("2019", 3, 10_000));
    assert_eq!(
        (own.left.cap, own.left.egress),
        (own.cap, own.egress),
        "ports of its own"
    );
}

#[test]
fn guests_that_run_count_where_their_switch_is() {
    let mut cluster = shared(0);
    let mut guest = support::vm("SQL1", 0, 3, 3_000);
    guest.vnics[0].switch = "SET".to_owned();
    cluster.vms = vec![guest.clone()];
    assert_eq!(first_path(&cluster).left.needed, 3_500);

    let mut elsewhere = cluster.clone();
    elsewhere.vms[0].vnics[0].switch = "Other".to_owned();
    assert_eq!(first_path(&elsewhere).left.needed, 500);
    let mut off = cluster.clone();
    off.vms[0].state = nicplan::inventory::VmState::Off;
    assert_eq!(first_path(&off).left.needed, 500);
    // at the target they narrow what arrives
    cluster.vms[0].host = Some(1);
    let path = first_path(&cluster);
    assert_eq!(
        (path.left.needed, path.left.egress, path.left.ingress),
        (500, 23_512, 22_087)
    );
}

fn class(name: &str, priority: u8, percent: Option<u8>) -> TrafficClass {
    TrafficClass {
        name: name.to_owned(),
        priorities: [priority].into(),
        percent,
    }
}

fn with_classes(mut cluster: Cluster, policies: &[TrafficClass], classes: &[TrafficClass]) -> Cluster {
    for node in &mut cluster.nodes {
        node.facts.insert("qos_policies", Fact::Classes(policies.to_vec()));
        node.facts.insert("traffic_classes", Fact::Classes(classes.to_vec()));
    }
    cluster
}

/// What the layer of shares says.
fn shares(path: &Path) -> String {
    let lines = path.steps.iter().filter(|step| step.layer == Layer::Shares);
    lines.map(|step| step.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_traffic_class_promises_its_share_to_all_that_travels_in_it() {
    let classes = [
        class("SMB", 3, Some(50)),
        class("LM", 5, Some(20)),
        class("Cluster", 7, Some(2)),
    ];
    let policies = [class("SMBDirect", 3, None), class("Live-Migration", 5, None)];

    // SMB Direct shares its class with storage: nothing of it is migration's alone
    let smb = first_path(&with_classes(shared(5_000), &policies, &classes));
    assert_eq!(smb.guaranteed, Some(0));
    assert!(
        shares(&smb).contains("traffic class SMB promises 50 % of each port to storage and live migration together")
    );

    // over TCP the policy for live migration leads to a class of its own: 20 % of one port of 25 Gbit/s
    let mut tcp = with_classes(shared(5_000), &policies, &classes);
    tcp.transport = Some(Transport::Tcp);
    let found = first_path(&tcp);
    assert_eq!(
        found.guaranteed,
        Some(25_000 / 5 * 95 / 100).map(|all| all.min(found.egress))
    );
    assert!(shares(&found).contains("traffic class LM promises 20 % of each port to live migration"));

    // without a policy it travels in the default class; on ports with DCB off no class acts
    let no_policy = with_classes(tcp.clone(), &policies[..1], &classes);
    assert_eq!(first_path(&no_policy).guaranteed, Some(0));
    for nic in tcp.nodes.iter_mut().flat_map(|node| &mut node.nics) {
        nic.facts.insert("qos", Fact::Yes(false));
    }
    assert_eq!(first_path(&tcp).guaranteed, Some(0));
}

#[test]
fn the_smb_limit_is_judged_by_the_class_that_is_set_not_by_the_recommended_half() {
    let limited = |percent: u8| {
        let mut cluster = converged("2016", 3);
        for node in &mut cluster.nodes {
            node.migration.smb_limit = Some(12_000);
        }
        let policies = [class("SMBDirect", 3, None)];
        first_path(&with_classes(cluster, &policies, &[class("SMB", 3, Some(percent))]))
    };
    let starves = |path: &Path| {
        path.faults
            .iter()
            .any(|fault| fault.text.contains("can starve storage"))
    };

    // 60 % of 90 % of the ports, 50 Gbit/s, are 27 Gbit/s; of 30 % they are 9
    let (wide, narrow) = (limited(90), limited(30));
    assert!(!starves(&wide), "{wide:#?}");
    assert!(starves(&narrow), "{narrow:#?}");
    assert!(
        narrow.faults[0]
            .text
            .contains("60 % of the SMB class (30 % of 50 Gbit/s), which is 9 Gbit/s"),
        "{}",
        narrow.faults[0].text
    );
}

/// The forecast for a cluster whose HV1 runs ten VMs of 16 GiB.
fn night(cluster: &Cluster, calibration: Calibration) -> Forecast {
    let mut cluster = cluster.clone();
    cluster.concurrency = Some(4);
    for number in 0..10 {
        let mut vm = support::vm(&format!("VM{number}"), 0, 3, 0);
        vm.memory_mib = 16_384;
        cluster.vms.push(vm);
    }
    let network = Network::new(&cluster, None, &needs(&cluster, None), calibration);
    let other_ports = OtherPorts {
        today: network.slowest_port(),
        routes: &|ports| network.with_ports(ports),
    };
    forecast(&cluster, &network.routes(), other_ports, &Question::of(&cluster))
}

#[test]
fn a_drain_over_shared_ports_takes_longer_by_what_others_need_and_says_so() {
    let (free, busy) = (shared(0), shared(30_000));
    let free = night(&free, Calibration::uncalibrated());
    let busy = night(&busy, Calibration::uncalibrated());
    let time = |forecast: &Forecast| forecast.drains[0].today.makespan_ms as f64;

    // 30,500 of 50,000 are taken instead of 500: 9.75 of 24.75 Gbit/s are left of the port
    let factor = time(&busy) / time(&free);
    assert!((1.9..2.6).contains(&factor), "{factor}");
    let said = |forecast: &Forecast| {
        let lines = forecast.assumptions.iter().map(|one| one.taken.as_str());
        lines
            .filter(|line| line.starts_with("Other traffic"))
            .map(str::to_owned)
            .collect::<String>()
    };
    assert!(said(&busy).contains("most on HV1: 30.5 Gbit/s"), "{}", said(&busy));
    assert!(
        busy.drains[0]
            .today
            .advice
            .contains("beside what other traffic on its ports needs")
    );
    assert_eq!(
        said(&night(&dedicated("2019", 3, 10_000), Calibration::uncalibrated())),
        ""
    );
    // ports that other traffic overfills say nothing of live migration
    assert!(
        busy.by_speed.iter().all(|row| row.speed >= 25_000),
        "{:?}",
        busy.by_speed
    );
    assert_eq!(free.by_speed.len(), 5);
}

#[test]
fn what_was_learnt_over_shared_ports_holds_their_other_traffic_already() {
    let mut learnt = Calibration::uncalibrated();
    learnt.parameters.push(Entry {
        parameter: "link_rate".to_owned(),
        transport: Some(Transport::Smb),
        speed_mbps: Some(25_000),
        value: 0.95,
        unit: String::new(),
        default: 0.95,
        low: None,
        high: None,
        identified: true,
        why: String::new(),
    });

    let (free, busy) = (night(&shared(0), learnt.clone()), night(&shared(30_000), learnt));

    assert_eq!(free.drains[0].today.makespan_ms, busy.drains[0].today.makespan_ms);
    let assumed = busy
        .assumptions
        .iter()
        .any(|one| one.taken.starts_with("Other traffic"));
    assert!(!assumed, "{:?}", busy.assumptions);
}

/// Every host vNIC has a weight, and a guest of HV1 one that makes live migration's promise smaller.
fn weighted() -> Cluster {
    let mut cluster = shared(60_000);
    for node in &mut cluster.nodes {
        for (vnic, weight) in node.host_vnics.iter_mut().zip([40, 10, 40]) {
            vnic.weight = Some(weight);
        }
    }
    let mut guest = support::vm("SQL1", 0, 3, 100);
    guest.vnics[0].switch = "SET".to_owned();
    guest.vnics[0].weight = Some(70);
    cluster.vms = vec![guest];
    cluster
}

#[test]
fn ports_of_the_same_speed_tried_anew_give_the_same_routes_with_the_weights_of_guests() {
    let cluster = weighted();
    let network = Network::new(&cluster, None, &needs(&cluster, None), Calibration::uncalibrated());
    let routes = network.routes();
    let egress = |source: usize, target: usize| routes.get(source, target).map(|route| route.egress);

    // 40 of 160 on HV1, 40 of 100 elsewhere
    assert_eq!((egress(0, 1), egress(1, 0)), (Some(5_937), Some(9_500)));
    assert_eq!(network.with_ports(Ports::All(25_000)), routes);
    let slower = network.with_ports(Ports::All(10_000));
    assert_eq!(
        slower.get(0, 1).map(|route| route.egress),
        Some(10_000 * 250 / 1000 * 95 / 100)
    );
}

#[test]
fn a_calibration_of_another_transport_is_said_to_apply_to_nothing() {
    let cluster = converged("2016", 3);
    let network = Network::new(&cluster, None, &needs(&cluster, None), Calibration::uncalibrated());
    let learnt = |transport: Transport| {
        let mut calibration = Calibration::uncalibrated();
        calibration.parameters.push(Entry {
            parameter: "link_rate".to_owned(),
            transport: Some(transport),
            speed_mbps: Some(25_000),
            value: 0.5,
            unit: "share".to_owned(),
            default: 0.9,
            low: None,
            high: None,
            identified: true,
            why: String::new(),
        });
        network.unused(&calibration)
    };

    let text = learnt(Transport::Tcp).expect("this cluster uses SMB");
    assert!(
        text.starts_with("the calibration holds only tcp; this cluster moves over smb: nothing of it applies"),
        "{text}"
    );
    assert_eq!(learnt(Transport::Smb), None);
    assert_eq!(network.unused(&Calibration::uncalibrated()), None, "nothing was learnt");
}

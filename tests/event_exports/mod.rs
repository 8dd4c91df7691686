//! Event logs in memory, and the forms in which Windows writes them to files. Made for these tests.
#![allow(dead_code)] // each test file uses its part

pub const VMMS: &str = "Microsoft-Windows-Hyper-V-VMMS";
pub const CLUSTER: &str = "Microsoft-Windows-FailoverClustering";
pub const WORKER: &str = "Microsoft-Windows-Hyper-V-Worker";
pub const ID_A: &str = "3B5C7D10-0A41-4F6E-9C22-000000000A01";
pub const ID_B: &str = "9D2E4F18-0B52-4A7F-8D33-000000000B02";
pub const HEADER: &str = "batch,vm,source,target,memory_mib,source_mbps,target_mbps,transport,dirty_mib_s,working_set_mib,start_s,end_s,blackout_ms\n";

/// An event as Windows holds it; the time is a second after 22:03:00 on 2026-11-21.
pub struct Event {
    pub second: u32,
    pub id: u32,
    pub provider: &'static str,
    pub node: &'static str,
    pub values: Vec<String>,
    pub message: String,
}

pub fn event(
    second: u32,
    id: u32,
    provider: &'static str,
    node: &'static str,
    values: &[&str],
    message: &str,
) -> Event {
    Event {
        second,
        id,
        provider,
        node,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        message: message.to_owned(),
    }
}

pub fn begins(second: u32, vm: &str, id: &str, from: &'static str, to: &str) -> Event {
    let message = format!(
        "The Virtual Machine Management Service initiated the live migration of virtual machine  '{vm}' to destination host '{to}' (VMID {id})."
    );
    event(second, 20413, VMMS, from, &[vm, id, to], &message)
}

pub fn ends(second: u32, vm: &str, id: &str, node: &'static str, blackout: &str) -> Event {
    let message = format!(
        "The Virtual Machine Management service successfully completed the live migration of virtual machine  '{vm}' with a blackout time of {blackout} seconds (VMID {id})."
    );
    event(second, 20415, VMMS, node, &[vm, id, blackout], &message)
}

/// Two migrations at once, in the order of `Get-WinEvent`: newest first.
pub fn two_migrations() -> Vec<Event> {
    vec![
        ends(52, "Bob's \"VM\", 2", ID_B, "HV1.corp.local", "0.6"),
        ends(40, "SQL01", ID_A, "HV1.corp.local", "1.25"),
        event(
            13,
            6005,
            "Microsoft-Windows-Eventlog",
            "HV1.corp.local",
            &[],
            "The Event log service was started.",
        ),
        begins(13, "Bob's \"VM\", 2", ID_B, "HV1.corp.local", "HV2"),
        begins(12, "SQL01", ID_A, "HV1.corp.local", "hv3.corp.local"),
    ]
}

pub fn two_rows(batch: &str) -> String {
    format!("{HEADER}{batch},SQL01,HV1,hv3,,,,,,,0,28,1250\n{batch},\"Bob's \"\"VM\"\", 2\",HV1,HV2,,,,,,,1,40,600\n")
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

pub fn xml(event: &Event) -> String {
    let values: String = event
        .values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("<Parameter{at}>{}</Parameter{at}>", escaped(value)))
        .collect();
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'/>\
         <EventID Qualifiers='0'>{}</EventID><TimeCreated SystemTime='2026-11-21T22:03:{:02}.000000000Z'/>\
         <EventRecordID>{}</EventRecordID><Computer>{}</Computer></System>\
         <UserData><VmlEventLog xmlns='http://www.microsoft.com/Windows/Virtualization/Events'>{values}</VmlEventLog></UserData></Event>\r\n",
        event.provider,
        event.id,
        event.second,
        1000 + event.second,
        event.node
    )
}

pub fn all_xml(events: &[Event]) -> String {
    events.iter().map(xml).collect()
}

pub fn clixml(events: &[Event], with_values: bool) -> String {
    let mut text =
        String::from("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n");
    for (number, event) in events.iter().enumerate() {
        let one = |value: &String| {
            format!(
                "<Obj RefId=\"9\"><Props><S N=\"Value\">{}</S></Props></Obj>",
                escaped(value)
            )
        };
        let values: String = event.values.iter().map(one).collect();
        let list = if with_values {
            values
        } else {
            "<S>System.Diagnostics.Eventing.Reader.EventProperty</S>".to_owned()
        };
        text.push_str(&format!(
            "  <Obj RefId=\"{number}\"><TNRef RefId=\"0\" /><ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>\r\n\
             <Props><I32 N=\"Id\">{}</I32><Nil N=\"Qualifiers\" /><I64 N=\"RecordId\">{}</I64><S N=\"ProviderName\">{}</S>\
             <S N=\"MachineName\">{}</S><DT N=\"TimeCreated\">2026-11-21T23:03:{:02}+01:00</DT>\
             <Obj N=\"Properties\" RefId=\"8\"><LST>{list}</LST></Obj></Props>\
             <MS><S N=\"Message\">{}_x000D__x000A_</S></MS></Obj>\r\n",
            event.id,
            1000 + event.second,
            event.provider,
            event.node,
            event.second,
            escaped(&event.message)
        ));
    }
    text + "</Objs>"
}

pub fn csv(events: &[Event], separator: char, time: impl Fn(u32) -> String) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let head = [
        "Message",
        "Id",
        "ProviderName",
        "MachineName",
        "TimeCreated",
        "RecordId",
    ];
    let mut text = head.map(quoted).join(&separator.to_string()) + "\r\n";
    for event in events {
        let cells = [
            event.message.clone(),
            event.id.to_string(),
            event.provider.to_owned(),
            event.node.to_owned(),
            time(event.second),
            (1000 + event.second).to_string(),
        ];
        text.push_str(&(cells.map(|cell| quoted(&cell)).join(&separator.to_string()) + "\r\n"));
    }
    text
}

pub fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect()
}

//! Exports as PowerShell writes them, for tests that make their own.
#![allow(dead_code)] // each test file uses its part

/// An object as `Select-Object | Export-Clixml` writes it: chosen properties stand in `MS`.
pub fn selected(kind: &str, properties: &[(&str, &str)]) -> String {
    let parts = properties.iter().map(|(name, value)| match *value {
        "" => format!("<Nil N=\"{name}\" />"),
        number if number.bytes().all(|b| b.is_ascii_digit()) && number.len() < 16 => {
            format!("<I64 N=\"{name}\">{number}</I64>")
        }
        yes @ ("true" | "false") => format!("<B N=\"{name}\">{yes}</B>"),
        text => format!("<S N=\"{name}\">{text}</S>"),
    });
    format!(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Selected.{kind}</T><T>System.Management.Automation.PSCustomObject</T></TN><MS>{}</MS></Obj>",
        parts.collect::<String>()
    )
}

/// A whole file, in UTF-16 as Windows PowerShell writes it.
pub fn file(objects: &[String]) -> Vec<u8> {
    let text = format!(
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">{}</Objs>",
        objects.concat()
    );
    [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect()
}

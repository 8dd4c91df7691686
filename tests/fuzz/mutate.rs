//! Changes to an input as damage and malice make them: cells, lines, words and bytes. The same number gives the same change.
//!
//! In: seeds, words and a number. Out: one input, not longer than [`LONGEST`].

use super::dice::Dice;

/// Longest input in bytes.
const LONGEST: usize = 16 * 1024;

/// What breaks readers: limits of numbers, marks of the formats, names that mean something elsewhere.
pub fn words(text: &str) -> Vec<Vec<u8>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| unquote(line.trim())).collect()
}

/// A line of a dictionary of libFuzzer: `"text with \x00"`.
fn unquote(line: &str) -> Vec<u8> {
    let inner = line.trim_start_matches('"').strip_suffix('"').unwrap_or(line);
    let mut bytes = Vec::new();
    let mut rest = inner.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let code = after.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (
            first,
            after.first(),
            code.and_then(|hex| u8::from_str_radix(hex, 16).ok()),
        ) {
            (b'\\', Some(b'x'), Some(byte)) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            (b'\\', Some(next), _) => {
                bytes.push(*next);
                rest = &after[1..];
            }
            _ => bytes.push(*first),
        }
    }
    bytes
}

/// One to four changes of one of the seeds.
pub fn mutated(seeds: &[Vec<u8>], words: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut dice = Dice(number);
    let mut data = seeds[dice.roll(seeds.len() as u64) as usize].clone();
    for _ in 0..=dice.roll(4) {
        change(&mut data, seeds, words, &mut dice);
        data.truncate(LONGEST);
    }
    data
}

fn change(data: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[Vec<u8>], dice: &mut Dice) {
    let word = words[dice.roll(words.len() as u64) as usize].clone();
    match dice.roll(9) {
        0 => cell(data, &word, dice),
        1 => cell(data, &[], dice),
        2 => lines(data, dice),
        3 => {
            let at = place(data, dice);
            data.splice(at..at, word);
        }
        4 => {
            let at = place(data, dice);
            data.truncate(at);
        }
        5 => {
            let at = place(data, dice);
            let bit = 1 << dice.roll(8);
            if let Some(byte) = data.get_mut(at) {
                *byte ^= bit;
            }
        }
        6 => repeat(data, dice),
        7 => {
            let other = &seeds[dice.roll(seeds.len() as u64) as usize];
            let (from, at) = (place(other, dice), place(data, dice));
            data.truncate(at);
            data.extend_from_slice(&other[from..]);
        }
        _ => number(data, dice),
    }
}

fn place(data: &[u8], dice: &mut Dice) -> usize {
    dice.roll(data.len() as u64 + 1) as usize
}

/// Replaces what stands between two marks.
fn cell(data: &mut Vec<u8>, with: &[u8], dice: &mut Dice) {
    let at = place(data, dice);
    let is_mark = |byte: &u8| {
        matches!(
            byte,
            b',' | b';' | b'\t' | b'\n' | b'\r' | b'"' | b'<' | b'>' | b':' | b'/'
        )
    };
    let start = data[..at].iter().rposition(is_mark).map_or(0, |mark| mark + 1);
    let end = data[at..].iter().position(is_mark).map_or(data.len(), |mark| at + mark);
    data.splice(start..end, with.iter().copied());
}

/// Takes a line out, doubles it, or moves it.
fn lines(data: &mut Vec<u8>, dice: &mut Dice) {
    let mut all: Vec<Vec<u8>> = data.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    if all.is_empty() {
        return;
    }
    let at = dice.roll(all.len() as u64) as usize;
    match dice.roll(3) {
        0 => drop(all.remove(at)),
        1 => all.insert(at, all[at].clone()),
        _ => {
            let line = all.remove(at);
            let to = dice.roll(all.len() as u64 + 1) as usize;
            all.insert(to, line);
        }
    }
    *data = all.concat();
}

/// Repeats a piece up to the limit of a thousand times.
fn repeat(data: &mut Vec<u8>, dice: &mut Dice) {
    let (a, b) = (place(data, dice), place(data, dice));
    let piece = data[a.min(b)..a.max(b)].to_vec();
    let piece = &piece[..piece.len().min(1 + dice.roll(80) as usize)];
    let times = (1 << dice.roll(10)).min(LONGEST / piece.len().max(1));
    data.splice(b..b, piece.repeat(times));
}

/// Replaces a number by one at a limit.
fn number(data: &mut Vec<u8>, dice: &mut Dice) {
    const LIMITS: [&str; 12] = [
        "0",
        "1",
        "-1",
        "255",
        "256",
        "4095",
        "65536",
        "4294967295",
        "4294967296",
        "18446744073709551615",
        "99999999999999999999",
        "1e308",
    ];
    let at = place(data, dice);
    let Some(start) = data[at..].iter().position(u8::is_ascii_digit).map(|d| at + d) else {
        return;
    };
    let digits = data[start..].iter().take_while(|b| b.is_ascii_digit()).count();
    data.splice(start..start + digits, dice.pick(&LIMITS).bytes());
}

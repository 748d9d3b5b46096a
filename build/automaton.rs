//! Builds the keyword automaton with aho-corasick and lays it out as one dense table.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::{Anchored, MatchKind, StartKind, dfa::DFA};
use anyhow::{Context, Result, ensure};

use crate::fragment;

/// The automaton as the scanner walks it. State 0 is the start.
pub struct Automaton {
    /// `next[state << stride_bits | class]`, little-endian `u16`.
    pub table: Vec<u8>,
    /// The class of each byte; bytes of one class move every state alike.
    pub classes: Vec<u8>,
    /// Width of a row as a power of two.
    pub stride_bits: u32,
    /// States from here on have seen a keyword's piece end.
    pub first_match: u16,
    /// For each of those states the keywords whose piece ends there, and how many bytes of them follow.
    pub outputs: Vec<Vec<(u16, u8)>>,
}

/// Builds it for the keywords in their order: of each it sees one piece.
pub fn build(keywords: &BTreeMap<String, Vec<usize>>) -> Result<Automaton> {
    let mut pieces: BTreeMap<&str, Vec<(u16, u8)>> = BTreeMap::new();
    for (number, keyword) in keywords.keys().enumerate() {
        let range = fragment::rarest(keyword);
        let follow = u8::try_from(keyword.len() - range.end).context("too long a keyword")?;
        let number = u16::try_from(number).context("too many keywords")?;
        pieces.entry(&keyword[range]).or_default().push((number, follow));
    }
    let keywords_of: Vec<&Vec<(u16, u8)>> = pieces.values().collect();
    let dfa = DFA::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Unanchored)
        .build(pieces.keys())
        .context("building the keyword automaton")?;
    let states = reachable(&dfa)?;
    // Match states last, so that the walk sees a match with one comparison.
    let (plain, matching): (Vec<StateID>, Vec<StateID>) =
        states.into_iter().partition(|&state| !dfa.is_match(state));
    let order: Vec<StateID> = plain.iter().chain(&matching).copied().collect();
    ensure!(order.len() <= usize::from(u16::MAX), "too many keywords: the table needs u32");
    let place: HashMap<StateID, u16> =
        order.iter().enumerate().map(|(at, &state)| (state, at as u16)).collect();

    let column = |byte: u8| -> Vec<u16> {
        order.iter().map(|&state| place[&dfa.next_state(Anchored::No, state, byte)]).collect()
    };
    let mut known: HashMap<Vec<u16>, u8> = HashMap::new();
    let mut columns: Vec<Vec<u16>> = Vec::new();
    let mut classes = vec![0; 256];
    for byte in by_frequency() {
        let column = column(byte);
        let class = *known.entry(column.clone()).or_insert_with(|| {
            columns.push(column);
            (columns.len() - 1) as u8
        });
        classes[usize::from(byte)] = class;
    }

    let stride_bits = columns.len().next_power_of_two().trailing_zeros();
    let mut table = Vec::with_capacity((order.len() << stride_bits) * 2);
    for row in 0..order.len() {
        for class in 0..1usize << stride_bits {
            let next = columns.get(class).map_or(0, |column| column[row]);
            table.extend_from_slice(&next.to_le_bytes());
        }
    }
    let outputs = matching
        .iter()
        .map(|&state| {
            (0..dfa.match_len(state))
                .flat_map(|at| keywords_of[dfa.match_pattern(state, at).as_usize()])
                .copied()
                .collect()
        })
        .collect();
    Ok(Automaton { table, classes, stride_bits, first_match: plain.len() as u16, outputs })
}

/// Every byte, those that source text holds most of first: their classes then share one cache line
/// of each row, and the other is hardly ever read.
fn by_frequency() -> impl Iterator<Item = u8> {
    const COMMON: &[u8] = b" etrnisaolcdupmf_h\n.g,b\"()y=v-:;w/kx0*>1'2{}#q<j";
    COMMON.iter().copied().chain((0..=u8::MAX).filter(|byte| !COMMON.contains(byte)))
}

/// Every state the start leads to, nearest first: the rows a text visits most lie together.
fn reachable(dfa: &DFA) -> Result<Vec<StateID>> {
    let start = dfa.start_state(Anchored::No).context("the automaton has no start")?;
    let mut order = vec![start];
    let mut seen: std::collections::HashSet<StateID> = order.iter().copied().collect();
    let mut at = 0;
    while at < order.len() {
        for byte in 0..=u8::MAX {
            let next = dfa.next_state(Anchored::No, order[at], byte);
            if seen.insert(next) {
                order.push(next);
            }
        }
        at += 1;
    }
    Ok(order)
}

//! Long runs of the digits of base64 and hex.

use std::ops::Range;

use anyhow::Result;

use super::look::{BLOCK, end_of_digits, start_of_digits};
use super::{Allowance, Layer, View, archive, base64, hex};

/// Shorter runs hold no key: the shortest that mark themselves have eighteen characters.
pub(super) const SHORTEST: usize = BLOCK * 3;
/// Stands between what different runs hold: a line, so that no name speaks for the next one's value.
const BETWEEN: &str = "\n\n";

/// What was read out of a run.
pub(super) enum Held {
    /// Text, pushed to the view of its encoding.
    Text,
    /// What archives in it hold.
    Packed(Vec<u8>),
}

/// Reads the runs of a text, from its front to its end.
#[derive(Default)]
pub(super) struct Runs {
    hex: View<'static>,
    base64: View<'static>,
    archives: View<'static>,
    /// How far it was read.
    read_to: usize,
    /// Whether nothing came of the run that was read last.
    idle: bool,
}

impl Runs {
    /// Looks at the blocks of digits before `at` and at it. `outer` is the view that the text is of.
    /// Returns whether nothing came of the run they are in, and the run alone tells so.
    pub(super) fn see(
        &mut self,
        text: &[u8],
        at: usize,
        outer: Option<&View>,
        allowance: &mut Allowance,
    ) -> Result<bool> {
        if at < self.read_to {
            return Ok(self.idle);
        }
        let run = start_of_digits(text, self.read_to, at)..end_of_digits(text, at + BLOCK);
        // What was read before may have taken the first of its digits.
        let is_whole = run.start > self.read_to || run.start == 0;
        self.idle = self.read(text, run, outer, allowance)? && is_whole;
        Ok(self.idle)
    }

    /// The same for a run; one may stand before it of which nothing was left.
    fn read(
        &mut self,
        text: &[u8],
        run: Range<usize>,
        outer: Option<&View>,
        allowance: &mut Allowance,
    ) -> Result<bool> {
        self.read_to = run.end;
        if run.len() < SHORTEST || outer.is_some_and(|outer| outer.is_unchanged(run.clone())) {
            return Ok(true);
        }
        let run = without_escape(text, run);
        if hex::read(text, run.clone(), &mut self.hex) {
            self.hex.part(BETWEEN);
            return Ok(false);
        }
        let Some(coded) = base64::find(text, run) else { return Ok(true) };
        self.read_to = coded.end();
        match coded.read(text, allowance, &mut self.base64)? {
            Some(Held::Text) => self.base64.part(BETWEEN),
            Some(Held::Packed(content)) => {
                let place = coded.start()..coded.end();
                self.archives.push(&content, place.clone(), (content.len(), place.len()));
                self.archives.part(BETWEEN);
            }
            None => {}
        }
        Ok(false)
    }

    /// Adds a layer for each encoding that text came out of.
    pub(super) fn add_to(self, layers: &mut Vec<Layer>) {
        let named =
            [("hex", self.hex), ("base64", self.base64), ("an archive in base64", self.archives)];
        for (name, view) in named {
            if !view.text().is_empty() {
                layers.push(Layer { name: Some(name), view, seams_only: false });
            }
        }
    }
}

/// The `n` of a `\n` in front of a run is none of its digits.
fn without_escape(text: &[u8], run: Range<usize>) -> Range<usize> {
    let escaped = run.start > 0
        && text[run.start - 1] == b'\\'
        && matches!(text[run.start], b'n' | b'r' | b't');
    run.start + usize::from(escaped)..run.end
}

/// Whether these first bytes are those of a text, or of an archive.
pub(super) fn is_textual(sample: &[u8]) -> bool {
    let is_text = |byte: &&u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let text = sample.iter().filter(is_text).count();
    let nul = sample.iter().filter(|&&byte| byte == 0).count();
    let utf16 = nul * 3 >= sample.len() && text + nul + 2 >= sample.len();
    text * 4 >= sample.len() * 3 || utf16 || archive::is_packed(sample)
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::super::look;
    use super::*;

    fn layers(text: &[u8]) -> Vec<Layer> {
        let mut ask = || Ok(1 << 20);
        let mut allowance = Allowance::asking(&mut ask);
        let mut runs = Runs::default();
        look::over(text, |mark, at| {
            if mark == look::Mark::Digits {
                runs.see(text, at, None, &mut allowance).unwrap();
            }
        });
        let mut layers = Vec::new();
        runs.add_to(&mut layers);
        layers
    }

    /// What each layer reads, and where all of it stood.
    fn decoded(text: &str) -> Vec<(String, Range<usize>)> {
        let layers = layers(text.as_bytes());
        let whole = |view: &View| view.origin(0..view.text().len() - BETWEEN.len());
        let text = |view: &View| String::from_utf8(view.text().to_vec()).unwrap();
        layers.iter().map(|layer| (text(&layer.view), whole(&layer.view))).collect()
    }

    const TEXT: &str = "user: alice?~?, word: of some length";

    #[test]
    fn both_alphabets_and_hex_are_read_where_they_stand() {
        let hex: String = TEXT.bytes().map(|byte| format!("{byte:02x}")).collect();
        for coded in [BASE64_STANDARD.encode(TEXT), BASE64_URL_SAFE_NO_PAD.encode(TEXT), hex] {
            let text = format!("x = '{coded}' # {coded}");
            let end = text.trim_end_matches('=').len();
            let twice = format!("{TEXT}\n\n{TEXT}\n\n");
            assert_eq!(decoded(&text), [(twice, 5..end)]);
        }
        assert_eq!(decoded(TEXT), []);
    }

    #[test]
    fn a_run_of_the_shortest_length_is_seen_wherever_it_begins() {
        let coded = BASE64_STANDARD.encode("a token or two in!");
        assert_eq!(coded.len(), SHORTEST);
        for before in 0..40 {
            let text = format!("{}{coded}.", " ".repeat(before));
            assert_eq!(decoded(&text).len(), 1, "{before}");
            // Short runs in front of it must not shift it out of sight.
            let text = format!("{}{coded}", "abcdefghi ".repeat(before));
            assert_eq!(decoded(&text).len(), 1, "{before}");
        }
    }

    #[test]
    fn broken_lines_are_one_text_and_each_byte_leads_to_its_own() {
        let long = TEXT.repeat(9);
        let coded = BASE64_STANDARD.encode(&long);
        for between in ["\n", "\r\n    "] {
            let lines: Vec<&str> = coded
                .as_bytes()
                .chunks(76)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            let text = format!("data: |\n    {}\nend", lines.join(between));
            let layers = layers(text.as_bytes());
            let view = &layers[0].view;
            assert_eq!((layers.len(), view.text()), (1, format!("{long}\n\n").as_bytes()));
            let place = view.origin(57..60);
            assert_eq!(text[place.clone()], coded[76..80]);
            assert_eq!(place.start, 12 + 76 + between.len());
        }
    }

    #[test]
    fn a_word_before_it_does_not_hide_it() {
        let coded = BASE64_URL_SAFE_NO_PAD.encode(TEXT);
        for before in ["/v1/", "name_", "x/", "a-long-path/of/some-more_words/", "'\\n"] {
            let text = format!("{before}{coded}");
            assert_eq!(decoded(&text), [(format!("{TEXT}\n\n"), before.len()..text.len())]);
        }
    }

    #[test]
    fn what_holds_no_text_is_left() {
        let noise: Vec<u8> = (0..90_u32).map(|n| (n * n * 167 + n * 31) as u8 | 0x80).collect();
        let hash: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = "src/main/java/com/acme/project/module/Application";
        for text in [
            BASE64_STANDARD.encode(&noise).as_str(),
            &hash,
            path,
            "someVeryLongIdentifierOfNoMeaning",
            &"-".repeat(300),
        ] {
            assert_eq!(decoded(text), [], "{text}");
        }
    }
}

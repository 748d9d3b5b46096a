//! Bars with their names and numbers as text, so that they can be read out, printed and made narrow.

use std::collections::HashMap;
use std::io::{Result, Write};

use super::escaped;
use super::key::Key;
use crate::check::date;

/// Of more rows the rest is one.
const MOST: usize = 10;

/// Writes what the keys come to by provider and, in an audit, by age and author.
pub(super) fn write(out: &mut dyn Write, keys: &[Key]) -> Result<()> {
    write!(
        out,
        "<section aria-labelledby=\"plots\">\n<h2 id=\"plots\">Keys by provider{}</h2>\n<div class=\"plots\">\n",
        if keys.iter().any(|key| key.oldest().is_some()) { ", age and author" } else { "" }
    )?;
    let providers = keys.iter().map(|key| key.first().finding.detector.provider.name.to_owned());
    bars(out, "Provider", largest(providers))?;
    let years = keys.iter().filter_map(Key::oldest).map(|audit| year(audit.date));
    bars(out, "Year of the first commit", by_year(years))?;
    let authors = keys.iter().filter_map(Key::oldest).map(|audit| name(&audit.author).to_owned());
    bars(out, "Author of the first commit", largest(authors))?;
    writeln!(out, "</div>\n</section>")
}

fn year(seconds: i64) -> i64 {
    date::text(seconds).get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970)
}

/// A person's name without the address: the table of a key's places has both.
fn name(author: &str) -> &str {
    let name = author.split_once('<').map_or(author, |(name, _)| name).trim();
    if name.is_empty() { author } else { name }
}

/// The names that occur most, and the rest.
fn largest(names: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut rows: Vec<(String, usize)> = counts.into_iter().collect();
    rows.sort_by(|(name, count), (other, more)| more.cmp(count).then_with(|| name.cmp(other)));
    if rows.len() > MOST {
        let rest = rows.split_off(MOST - 1);
        rows.push((format!("{} others", rest.len()), rest.iter().map(|(_, count)| count).sum()));
    }
    rows
}

/// Every year from the first to the last; the years before the last ten are one row.
fn by_year(years: impl Iterator<Item = i64>) -> Vec<(String, usize)> {
    let years: Vec<i64> = years.collect();
    let (Some(first), Some(last)) = (years.iter().min(), years.iter().max()) else {
        return Vec::new();
    };
    let begin = (*first).max(last - MOST as i64 + 1);
    let mut rows = Vec::new();
    if begin > *first {
        rows.push((format!("before {begin}"), years.iter().filter(|year| **year < begin).count()));
    }
    rows.extend(
        (begin..=*last)
            .map(|year| (year.to_string(), years.iter().filter(|other| **other == year).count())),
    );
    rows
}

fn bars(out: &mut dyn Write, title: &str, rows: Vec<(String, usize)>) -> Result<()> {
    let Some(most) = rows.iter().map(|(_, count)| *count).max().filter(|most| *most > 0) else {
        return Ok(());
    };
    write!(out, "<figure><figcaption>{title}</figcaption>\n<ul class=\"bars\" role=\"list\">\n")?;
    for (name, count) in rows {
        let width = count as f64 * 100.0 / most as f64;
        writeln!(
            out,
            "<li><span>{}</span><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" \
             aria-hidden=\"true\" focusable=\"false\"><rect width=\"{width:.1}\" height=\"10\"/></svg>\
             <b>{count}</b></li>",
            escaped(&name)
        )?;
    }
    writeln!(out, "</ul></figure>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_one_row_and_no_year_is_left_out() {
        let rows = largest((0..25).map(|at| format!("p{}", at % 12)));
        assert_eq!(rows.len(), MOST);
        assert_eq!(rows[0], ("p0".to_owned(), 3));
        assert_eq!(rows.iter().map(|(_, count)| count).sum::<usize>(), 25);
        let rows = by_year([2020, 2022, 2022].into_iter());
        assert_eq!(rows, [("2020".into(), 1), ("2021".into(), 0), ("2022".into(), 2)]);
        let rows = by_year([1999, 2022].into_iter());
        assert_eq!((rows.len(), rows[0].clone()), (MOST + 1, ("before 2013".into(), 1)));
    }
}

//! What stands on the page.

use std::collections::BTreeSet;
use std::io::{Result, Write};

use super::key::{Key, Standing};
use super::{escaped, plot};
use crate::check::date;
use crate::redaction::visible;
use crate::report::view::{View, count};
use crate::report::{By, Language, Report, Stage, Store, snippet};

/// Of a key's places these are listed.
const MOST_PLACES: usize = 50;
/// Of what is let pass these are listed.
const MOST_PASSED: usize = 1000;

/// What the run came to, in a sentence without its stop.
pub(super) fn verdict(report: &Report, keys: &[Key]) -> String {
    let blocking = keys.iter().filter(|key| key.blocks()).count();
    let found = match (blocking, keys.len() - blocking) {
        (0, 0) => "no key found".to_owned(),
        (0, notes) => format!("{} that does not block", count(notes, "match")),
        (keys, 0) => count(keys, "key"),
        (keys, notes) => format!("{}, and {notes} that do not block", count(keys, "key")),
    };
    if report.errors.is_empty() { found } else { format!("{found}; not everything was judged") }
}

/// Writes the body.
pub(super) fn write(
    out: &mut dyn Write,
    report: &Report,
    keys: &[Key],
    started: i64,
) -> Result<()> {
    write!(
        out,
        "<a class=\"skip\" href=\"#findings\">Skip to the keys</a>\n<header>\n<h1>keystop report</h1>\n\
         <p class=\"soft\">{}, {} UTC, by keystop {}. No value stands in this page.</p>\n</header>\n<main>\n",
        what(&report.stage),
        date::moment(started).replace('T', " "),
        env!("CARGO_PKG_VERSION"),
    )?;
    summary(out, report, keys)?;
    if !keys.is_empty() {
        plot::write(out, keys)?;
    }
    findings(out, keys)?;
    passed(out, report)?;
    writeln!(out, "</main>")
}

fn what(stage: &Stage) -> &'static str {
    match stage {
        Stage::Staged { .. } => "What is staged",
        Stage::Message => "A commit message",
        Stage::Push { .. } | Stage::Receive => "A push",
        Stage::Range { .. } => "A range of commits",
        Stage::History { .. } => "Every commit of every ref",
        Stage::Files => "Files",
        Stage::Image => "A container image",
    }
}

fn summary(out: &mut dyn Write, report: &Report, keys: &[Key]) -> Result<()> {
    let class = if report.exit_code() == 0 { "good" } else { "bad" };
    write!(
        out,
        "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n\
         <p class=\"verdict {class}\">{}.</p>\n<dl class=\"numbers\">\n",
        escaped(&capital(&verdict(report, keys)))
    )?;
    for standing in Standing::ALL {
        let keys = keys.iter().filter(|key| key.standing == standing).count();
        if keys > 0 {
            number(out, &capital(standing.name()), keys as u64)?;
        }
    }
    if !keys.is_empty() {
        number(out, "Places they stand in", report.findings.len() as u64)?;
    }
    number(out, "Files judged", report.judged.files)?;
    if report.judged.commits > 0 {
        number(out, "Commits judged", report.judged.commits)?;
    }
    number(out, "There before, or allowed", report.excused)?;
    writeln!(out, "</dl>")?;
    if !report.errors.is_empty() {
        write!(out, "<h3 class=\"bad\">Not judged</h3>\n<ul>\n")?;
        for error in &report.errors {
            writeln!(out, "<li>{}</li>", escaped(error))?;
        }
        writeln!(out, "</ul>")?;
    }
    if !report.notes.is_empty() {
        write!(out, "<h3>Notes</h3>\n<ul>\n")?;
        for note in &report.notes {
            writeln!(out, "<li>{}</li>", escaped(note))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</section>")
}

fn number(out: &mut dyn Write, name: &str, number: u64) -> Result<()> {
    writeln!(out, "<div><dt>{name}</dt><dd>{number}</dd></div>")
}

fn findings(out: &mut dyn Write, keys: &[Key]) -> Result<()> {
    write!(
        out,
        "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\" tabindex=\"-1\">Keys</h2>\n"
    )?;
    if keys.is_empty() {
        return write!(out, "<p>None.</p>\n</section>\n");
    }
    form(out, keys)?;
    for standing in Standing::ALL {
        let here: Vec<&Key> = keys.iter().filter(|key| key.standing == standing).collect();
        if here.is_empty() {
            continue;
        }
        write!(
            out,
            "<div class=\"group\">\n<h3>{} ({})</h3>\n<p class=\"soft\">{}</p>\n",
            capital(standing.name()),
            here.len(),
            standing.advice()
        )?;
        for key in here {
            finding(out, key)?;
        }
        writeln!(out, "</div>")?;
    }
    writeln!(out, "</section>")
}

/// Shown by the script, without which it could do nothing.
fn form(out: &mut dyn Write, keys: &[Key]) -> Result<()> {
    write!(
        out,
        "<form hidden aria-label=\"Filter the keys\">\n<label class=\"wide\">Search \
         <input type=\"search\" name=\"search\" autocomplete=\"off\"></label>\n\
         <label>State <select name=\"state\"><option value=\"\">all</option>"
    )?;
    for standing in Standing::ALL {
        if keys.iter().any(|key| key.standing == standing) {
            write!(out, "<option>{}</option>", standing.name())?;
        }
    }
    write!(
        out,
        "</select></label>\n<label>Provider <select name=\"provider\"><option value=\"\">all</option>"
    )?;
    let providers: BTreeSet<&str> =
        keys.iter().map(|key| key.first().finding.detector.provider.name).collect();
    for provider in providers {
        write!(out, "<option>{}</option>", escaped(provider))?;
    }
    write!(
        out,
        "</select></label>\n<label class=\"tick\"><input type=\"checkbox\" name=\"blocking\"> only what blocks</label>\n\
         <button type=\"button\" aria-pressed=\"false\">Open all</button>\n\
         <button type=\"reset\">Clear</button>\n<output aria-live=\"polite\"></output>\n</form>\n"
    )
}

fn finding(out: &mut dyn Write, key: &Key) -> Result<()> {
    let view = key.first();
    let finding = view.finding;
    let detector = finding.detector;
    let (class, tag) = if key.blocks() {
        ("finding blocks", "<span class=\"tag bad\">blocks</span>")
    } else {
        ("finding", "<span class=\"tag\">does not block</span>")
    };
    let more = match key.views.len() {
        1 => String::new(),
        places => format!(" <span class=\"tag\">{places} places</span>"),
    };
    let print = view.fingerprint().unwrap_or_default();
    write!(
        out,
        "<details class=\"{class}\" data-state=\"{}\" data-provider=\"{}\"",
        key.standing.name(),
        escaped(detector.provider.name)
    )?;
    if !print.is_empty() {
        write!(out, " id=\"{}-{print}\"", escaped(detector.id))?;
    }
    write!(
        out,
        ">\n<summary><b>{}</b> {tag}{more} <code>{}</code></summary>\n<div>\n<pre>{}</pre>\n",
        escaped(detector.name),
        escaped(&view.place()),
        frame(view)
    )?;
    if !finding.facts.is_empty() {
        writeln!(out, "<p>Known: {}.</p>", escaped(&finding.facts.join("; ")))?;
    }
    writeln!(
        out,
        "<p class=\"soft\">{}, {} confidence{}</p>",
        escaped(detector.id),
        view.confidence(),
        if print.is_empty() {
            String::new()
        } else {
            format!(", fingerprint <code>{print}</code>")
        }
    )?;
    places(out, key)?;
    playbook(out, view)?;
    writeln!(out, "</div>\n</details>")
}

/// The line it stands in, the mask marked.
fn frame(view: &View) -> String {
    let frame = &view.finding.frame;
    let part = |from: usize, to: usize| escaped(frame.line.get(from..to).unwrap_or_default());
    format!(
        "{}<mark>{}</mark>{}",
        part(0, frame.mark.start),
        part(frame.mark.start, frame.mark.end),
        part(frame.mark.end, frame.line.len())
    )
}

fn places(out: &mut dyn Write, key: &Key) -> Result<()> {
    let audited = key.oldest().is_some();
    if key.views.len() == 1 && !audited && key.first().finding.source.layer.is_none() {
        return Ok(());
    }
    write!(
        out,
        "<h4>Where it stands</h4>\n<div class=\"scroll\"><table>\n<tr><th scope=\"col\">Place</th>"
    )?;
    if audited {
        write!(
            out,
            "<th scope=\"col\">Author</th><th scope=\"col\">Date</th><th scope=\"col\">In HEAD</th>\
             <th scope=\"col\">Reached from</th>"
        )?;
    }
    writeln!(out, "</tr>")?;
    for view in key.views.iter().take(MOST_PLACES) {
        write!(out, "<tr><td><code>{}</code>", escaped(&view.place()))?;
        if let Some(layer) = &view.finding.source.layer {
            let base = if layer.base { " (base image)" } else { "" };
            write!(out, "<br>{}{base}", escaped(&layer.instruction))?;
        }
        write!(out, "</td>")?;
        if let Some(audit) = &view.finding.audit {
            let refs: Vec<String> = audit
                .remotes
                .iter()
                // A server's own refs.
                .map(|remote| match remote.as_str() {
                    "." => "this server".to_owned(),
                    remote => format!("remote {remote}"),
                })
                .chain(audit.branches.iter().map(|branch| format!("branch {branch}")))
                .chain(audit.tags.iter().map(|tag| format!("tag {tag}")))
                .map(|name| visible(name.as_bytes()))
                .collect();
            let refs = if refs.is_empty() { "no ref".to_owned() } else { refs.join(", ") };
            write!(
                out,
                "<td>{}</td><td class=\"day\">{}</td><td>{}</td><td>{}</td>",
                escaped(&visible(audit.author.as_bytes())),
                date::text(audit.date),
                if audit.in_head { "yes" } else { "no" },
                escaped(&refs)
            )?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</table></div>")?;
    if key.views.len() > MOST_PLACES {
        writeln!(out, "<p>… and {} more.</p>", key.views.len() - MOST_PLACES)?;
    }
    Ok(())
}

/// In the order of an incident.
fn playbook(out: &mut dyn Write, view: &View) -> Result<()> {
    let detector = view.finding.detector;
    let about = &detector.remediation;
    let how = view.take_out();
    if !how.is_empty() {
        writeln!(out, "<h4>Take it out</h4>\n<pre>{}</pre>", escaped(&how.join("\n")))?;
    }
    paragraph(out, "What a leak risks", &format!("{} {}", about.opens, about.risk))?;
    paragraph(out, "Was it used?", &about.audit)?;
    write!(
        out,
        "<h4>Revoke and replace</h4>\n<p>{}</p>\n<ol class=\"steps\">\n",
        address(about.revoke)
    )?;
    for step in about.steps {
        writeln!(out, "<li>{}</li>", prose(step))?;
    }
    writeln!(out, "</ol>")?;
    paragraph(out, "What stops working", &about.breaks)?;
    writeln!(
        out,
        "<h4>Write instead</h4>\n<p>Read it from the environment variable <code>{}</code> or from a \
         secret store: <code>keystop explain {} --lang python --store vault</code></p>",
        escaped(about.env),
        escaped(detector.id)
    )?;
    if let Some(language) = Language::of(view.path()).filter(|_| view.is_in_file()) {
        let code = snippet(language, Store::Env, about.env);
        writeln!(out, "<pre>{}</pre>", escaped(code.trim_end()))?;
    }
    writeln!(out, "<p>Documentation: {}</p>", address(about.docs))?;
    if let Some(how) = view.allow() {
        writeln!(out, "<h4>Not a key?</h4>\n<pre>{}</pre>", escaped(&how))?;
    }
    Ok(())
}

fn paragraph(out: &mut dyn Write, title: &str, text: &str) -> Result<()> {
    writeln!(out, "<h4>{title}</h4>\n<p>{}</p>", prose(text))
}

/// Sentences, in which what stands between backticks is code.
fn prose(text: &str) -> String {
    let mut shown = String::new();
    for (at, part) in text.split('`').enumerate() {
        let part = escaped(part);
        if at % 2 == 1 {
            shown += &format!("<code>{part}</code>");
        } else {
            shown += &part;
        }
    }
    shown
}

/// A link where it is an address of the web, else words.
fn address(text: &str) -> String {
    let shown = escaped(text);
    if text.starts_with("https://") && !text.contains(' ') {
        format!("<a class=\"self\" href=\"{shown}\" rel=\"noopener noreferrer\">{shown}</a>")
    } else {
        shown
    }
}

fn passed(out: &mut dyn Write, report: &Report) -> Result<()> {
    let all = report.let_pass().count();
    if all == 0 {
        return Ok(());
    }
    write!(
        out,
        "<section aria-labelledby=\"passed\">\n<h2 id=\"passed\">Allowed ({all})</h2>\n\
         <div class=\"scroll\"><table>\n<tr><th scope=\"col\">What</th><th scope=\"col\">Place</th>\
         <th scope=\"col\">By</th><th scope=\"col\">Reason</th></tr>\n"
    )?;
    for (finding, by, reason) in report.let_pass().take(MOST_PASSED) {
        let by = match by {
            By::Comment => "comment",
            By::Configuration => "configuration",
            By::AllowFile => "allow file",
            By::User => "user, for this run",
        };
        writeln!(
            out,
            "<tr><td>{}</td><td><code>{}</code></td><td>{by}</td><td>{}</td></tr>",
            escaped(finding.detector.name),
            escaped(&View::new(&report.stage, finding).place()),
            escaped(&reason)
        )?;
    }
    writeln!(out, "</table></div>")?;
    if all > MOST_PASSED {
        writeln!(out, "<p>… and {} more.</p>", all - MOST_PASSED)?;
    }
    writeln!(out, "</section>")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

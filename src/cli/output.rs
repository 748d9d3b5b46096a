//! `--format` and `--output`: what a report is written as, and where to.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum, value_parser};

const FORMAT: &str = "format";
const OUTPUT: &str = "output";

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// JSON Lines: an object for each finding and error, and a summary.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitLab's secret detection report.
    Gitlab,
    /// GitLab's code quality report.
    Codequality,
    /// JUnit's XML, for Jenkins and others.
    Junit,
    /// A table for spreadsheets.
    Csv,
    /// A job summary or a comment.
    Markdown,
    /// GitHub's workflow commands: annotations.
    Github,
    /// Azure Pipelines' logging commands.
    Azure,
    /// A page that needs no network.
    Html,
}

impl Format {
    /// What a file's extension stands for.
    fn of(file: &std::path::Path) -> Option<Format> {
        Some(match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Format::Json,
            "jsonl" | "ndjson" => Format::Jsonl,
            "sarif" => Format::Sarif,
            "md" | "markdown" => Format::Markdown,
            "csv" => Format::Csv,
            "xml" => Format::Junit,
            "html" | "htm" => Format::Html,
            "txt" => Format::Human,
            _ => return None,
        })
    }
}

/// One report of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// What it is written as.
    pub format: Format,
    /// Where to.
    pub target: Target,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, which is replaced in one step.
    File(PathBuf),
    /// A file that others write to as well: the report comes after what is there.
    Append(PathBuf),
}

/// The reports of a run, in the order of the command line. Flatten it into a command's arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutputArgs {
    /// What was asked for; empty where nothing was, which means text on standard output.
    pub outputs: Vec<Output>,
}

impl OutputArgs {
    /// One report on standard output.
    #[must_use]
    pub fn stdout(format: Format) -> OutputArgs {
        OutputArgs { outputs: vec![Output { format, target: Target::Stdout }] }
    }

    /// Pairs the options as they follow each other: an output takes the format before it, or what
    /// its extension says; a format that no output takes goes to standard output.
    fn pair(options: Vec<(usize, Given)>) -> Result<OutputArgs, String> {
        let mut args = OutputArgs::default();
        let mut pending = None;
        for (_, option) in options {
            match option {
                Given::Format(format) => args.print(pending.replace(format)),
                Given::Output(path) if path.as_os_str() == "-" => {
                    args.print(Some(pending.take().unwrap_or(Format::Human)));
                }
                Given::Output(path) => {
                    let format = pending.take().or_else(|| Format::of(&path)).ok_or_else(|| {
                        format!(
                            "--output {}: no --format stands before it, and its extension names none",
                            crate::redaction::visible(path.as_os_str().as_encoded_bytes())
                        )
                    })?;
                    args.outputs.push(Output { format, target: Target::File(path) });
                }
            }
        }
        args.print(pending);
        if args.outputs.iter().filter(|output| output.target == Target::Stdout).count() > 1 {
            return Err("only one report can go to standard output: \
                        --format NAME --output FILE writes another to a file"
                .to_owned());
        }
        Ok(args)
    }

    fn print(&mut self, format: Option<Format>) {
        self.outputs.extend(format.map(|format| Output { format, target: Target::Stdout }));
    }
}

/// One of the two options, as it was given.
enum Given {
    Format(Format),
    Output(PathBuf),
}

impl Args for OutputArgs {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new(FORMAT)
                    .long(FORMAT)
                    .value_name("FORMAT")
                    .value_parser(value_parser!(Format))
                    .action(ArgAction::Append)
                    .help("What the report is written as [default: human]"),
            )
            .arg(
                Arg::new(OUTPUT)
                    .long(OUTPUT)
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .action(ArgAction::Append)
                    .help(
                        "Write the report here, as the --format before it or the file's extension \
                         says; both may be given several times",
                    ),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        OutputArgs::augment_args(command)
    }
}

impl FromArgMatches for OutputArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<OutputArgs, clap::Error> {
        let mut options: Vec<(usize, Given)> = Vec::new();
        if let Some((places, formats)) =
            matches.indices_of(FORMAT).zip(matches.get_many::<Format>(FORMAT))
        {
            options.extend(places.zip(formats.map(|format| Given::Format(*format))));
        }
        if let Some((places, files)) =
            matches.indices_of(OUTPUT).zip(matches.get_many::<PathBuf>(OUTPUT))
        {
            options.extend(places.zip(files.map(|file| Given::Output(file.clone()))));
        }
        options.sort_by_key(|(place, _)| *place);
        OutputArgs::pair(options)
            .map_err(|what| clap::Error::raw(ErrorKind::ArgumentConflict, what))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = OutputArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

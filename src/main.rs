//! The binary: hooks first, since they must not be felt; then the command line.

use std::process::ExitCode;

use keystop::{cli, commands};

fn main() -> ExitCode {
    // A panic's message could quote what was being scanned, so only its place is told. A hook that
    // dies must block, and with the code that says "not judged".
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("error: keystop itself failed at {place}; nothing was judged. Please report it.");
        std::process::exit(2);
    }));
    let mut arguments: Vec<_> = std::env::args_os().collect();
    let code = match commands::Hook::called(&mut arguments) {
        Some(hook) => commands::run_hook(hook, &arguments),
        None => cli::run(&arguments),
    };
    ExitCode::from(code)
}

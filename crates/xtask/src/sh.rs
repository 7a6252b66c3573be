//! Running other programs: with their output passed through, captured, or both.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a program printed (both streams, in the order of arrival) and how it ended.
pub struct Captured {
    pub status: ExitStatus,
    pub text: String,
}

/// The command as a person would type it.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs to the end with the terminal's own streams; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start `{}`", describe(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// What the program prints to its standard output, trimmed; `None` if it isn't there or fails.
pub fn probe(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs to the end, showing the output (to standard error, so that a caller's own standard output stays clean) and
/// keeping it. Fails only if the program could not be run.
pub fn tee(command: &mut Command) -> Result<Captured> {
    tee_if(command, |_| true)
}

/// As [`tee`], showing only some of the lines.
pub fn tee_if(command: &mut Command, mut shows: impl FnMut(&str) -> bool) -> Result<Captured> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{}`", describe(command)))?;
    let (sender, receiver) = std::sync::mpsc::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|s| Box::new(s) as _), child.stderr.take().map(|s| Box::new(s) as _)];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);
    let mut text = String::new();
    let mut terminal = std::io::stderr();
    for line in receiver {
        let line = String::from_utf8_lossy(&line);
        if shows(&line) {
            // A closed terminal must not stop the program whose result is wanted.
            let _ = writeln!(terminal, "{line}");
        }
        text.push_str(&line);
        text.push('\n');
    }
    Ok(Captured { status: child.wait()?, text })
}

/// Runs with the terminal's streams and stops the program after `limit`. `Ok(false)` is a failure or a time-out.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<bool> {
    let mut child =
        command.stdin(Stdio::null()).spawn().with_context(|| format!("could not start `{}`", describe(command)))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// `--color` for a Cargo whose output is piped through [`tee`].
pub fn cargo_colour() -> &'static str {
    if std::io::stderr().is_terminal() { "--color=always" } else { "--color=never" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn tee_keeps_both_streams_and_the_exit_status() {
        let mut command = Command::new("sh");
        let captured = tee_if(command.args(["-c", "echo out; echo err >&2; exit 3"]), |_| false).unwrap();
        assert_eq!(captured.status.code(), Some(3));
        assert!(captured.text.contains("out\n") && captured.text.contains("err\n"));
    }

    #[test]
    #[cfg(unix)]
    fn run_within_stops_what_takes_too_long() {
        let finished = run_within(Command::new("sleep").arg("60"), Duration::from_millis(10)).unwrap();
        assert!(!finished);
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"), "{error}");
        assert_eq!(probe(&mut Command::new("no-such-program-here")), None);
    }
}

//! Questions to the person at the terminal, and what moves while that person waits.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::Failure;

/// Asks before what cannot be taken back; `yes` answers beforehand. Scripts are not asked.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes || !io::stdin().is_terminal() {
        return Ok(());
    }
    let mut err = io::stderr();
    write!(err, "{question} [y/N] ").and_then(|()| err.flush()).map_err(Failure::from)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Failure::from)?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Failure::SERVER, "nothing was done"))
}

/// A bar on standard error, of a known number of steps or a spinner; nothing where that is no terminal.
pub fn progress(what: &'static str, steps: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden());
    }
    let bar = steps.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let template = match steps {
        Some(_) => "{msg} {bar:30} {human_pos}/{human_len}, {eta} left",
        None => "{spinner} {msg} {human_pos}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

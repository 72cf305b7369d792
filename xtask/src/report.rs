//! Running the steps, and saying how it went in a form fit for a terminal and for a log.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::needs::{self, Need};
use crate::steps::{OUTSIDE, Outcome, STEPS, Step};
use crate::workspace::Workspace;

/// How a step ended.
enum Ended {
    Passed,
    Partly(String),
    NotRun(String),
    Failed(String),
}

impl Ended {
    fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Partly(_) => "passed in part",
            Self::NotRun(_) => "NOT RUN",
            Self::Failed(_) => "FAILED",
        }
    }
}

struct Row {
    name: &'static str,
    ended: Ended,
    time: Duration,
}

/// Names the steps.
pub(crate) fn list() {
    for step in STEPS {
        println!("{:<10} {}", step.name, step.about);
    }
}

/// Runs the steps and reports. True when nothing failed and, in CI, nothing was left out.
pub(crate) fn run(workspace: &Workspace, steps: &[&Step], install: bool) -> bool {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let paint = Paint {
        on: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let start = Instant::now();

    prepare(workspace, steps, install, &paint);
    let mut rows = vec![];
    for (number, step) in (1..).zip(steps) {
        paint.heading(&format!(
            "[{number}/{}] {}: {}",
            steps.len(),
            step.name,
            step.about
        ));
        let start = Instant::now();
        let ended = end_of(workspace, step);
        let row = Row {
            name: step.name,
            ended,
            time: start.elapsed(),
        };
        paint.ended(&row);
        rows.push(row);
    }

    paint.heading("Summary");
    print!("{}", table(&rows, &paint));
    let whole = steps.len() == STEPS.len();
    print!("{}", notes(&rows, ci, whole));
    let (passed, failed) = count(&rows, ci);
    println!("\ntook {}", seconds(start.elapsed()));
    println!("{passed} passed, {failed} failed");
    failed == 0
}

fn prepare(workspace: &Workspace, steps: &[&Step], install: bool, paint: &Paint) {
    let mut needs: Vec<&Need> = vec![];
    for need in steps.iter().flat_map(|step| step.needs) {
        if needs.iter().all(|known| known.name != need.name) {
            needs.push(need);
        }
    }
    let missing: Vec<&Need> = needs
        .into_iter()
        .filter(|need| !need.is_met(workspace))
        .collect();
    if missing.is_empty() {
        return;
    }
    paint.heading("Missing");
    for need in &missing {
        println!("{}: {}", need.name, need.remedy());
    }
    if install {
        needs::install(workspace, &missing);
    }
}

fn end_of(workspace: &Workspace, step: &Step) -> Ended {
    let missing: Vec<String> = step
        .needs
        .iter()
        .filter(|need| !need.is_met(workspace))
        .map(|need| format!("{} is missing ({})", need.name, need.remedy()))
        .collect();
    if !missing.is_empty() {
        return Ended::NotRun(missing.join("; "));
    }
    match step.run(workspace) {
        Ok(Outcome::Passed) => Ended::Passed,
        Ok(Outcome::Partly(what)) => Ended::Partly(what),
        Err(why) => Ended::Failed(why),
    }
}

/// How many steps passed and failed. In CI a step that was not run has failed.
fn count(rows: &[Row], ci: bool) -> (usize, usize) {
    let passed = rows
        .iter()
        .filter(|row| matches!(row.ended, Ended::Passed | Ended::Partly(_)));
    let failed = rows.iter().filter(|row| match row.ended {
        Ended::Failed(_) => true,
        Ended::NotRun(_) => ci,
        _ => false,
    });
    (passed.count(), failed.count())
}

fn table(rows: &[Row], paint: &Paint) -> String {
    let mut text = String::new();
    for row in rows {
        // Padded before it is painted: colour codes have no width on the screen.
        let word = paint.word(&row.ended, &format!("{:<20}", row.ended.word()));
        text += &format!("{:<10} {word} {:>8}\n", row.name, seconds(row.time));
    }
    text
}

fn notes(rows: &[Row], ci: bool, whole: bool) -> String {
    let mut text = String::new();
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text += &format!("\n{title}\n");
            for line in lines {
                text += &format!("  {line}\n");
            }
        }
    };
    let about = |pick: fn(&Ended) -> Option<&String>| {
        rows.iter()
            .filter_map(|row| pick(&row.ended).map(|why| format!("{}: {why}", row.name)))
            .collect::<Vec<_>>()
    };
    section(
        "Passed in part",
        about(|ended| match ended {
            Ended::Partly(why) => Some(why),
            _ => None,
        }),
    );
    section(
        if ci {
            "Not run, which in CI is a failure"
        } else {
            "Not run"
        },
        about(|ended| match ended {
            Ended::NotRun(why) => Some(why),
            _ => None,
        }),
    );
    if whole {
        let outside = OUTSIDE
            .iter()
            .map(|(name, why)| format!("{name}: {why}"))
            .collect();
        section("Never part of this run", outside);
    } else {
        let others = STEPS
            .iter()
            .filter(|step| rows.iter().all(|row| row.name != step.name));
        let others: Vec<&str> = others.map(|step| step.name).collect();
        section("Not asked for", vec![others.join(", ")]);
    }
    section(
        "Failed",
        rows.iter()
            .filter_map(|row| match &row.ended {
                Ended::Failed(why) => Some(format!(
                    "{}: {why}\n    to repeat: cargo xtask test {}",
                    row.name, row.name
                )),
                _ => None,
            })
            .collect(),
    );
    text
}

fn seconds(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} min {:02} s", tenths / 600, tenths / 10 % 60)
    }
}

/// Colours, on a terminal only.
struct Paint {
    on: bool,
}

impl Paint {
    fn colour(&self, code: &str, text: &str) -> String {
        if self.on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    fn word(&self, ended: &Ended, text: &str) -> String {
        let code = match ended {
            Ended::Passed => "32",
            Ended::Partly(_) => "33",
            Ended::NotRun(_) | Ended::Failed(_) => "1;31",
        };
        self.colour(code, text)
    }

    fn heading(&self, text: &str) {
        println!("\n{}", self.colour("1", &format!("== {text}")));
    }

    fn ended(&self, row: &Row) {
        let line = format!(
            "-- {} {} in {}",
            row.name,
            row.ended.word(),
            seconds(row.time)
        );
        println!("{}", self.word(&row.ended, &line));
        match &row.ended {
            Ended::Passed => {}
            Ended::Partly(why) | Ended::NotRun(why) => {
                println!("   {why}");
            }
            Ended::Failed(why) => {
                println!("   {why}\n   to repeat: cargo xtask test {}", row.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ended: Ended) -> Row {
        Row {
            name: "fmt",
            ended,
            time: Duration::from_millis(1234),
        }
    }

    #[test]
    fn a_step_not_run_fails_in_ci_only() {
        let rows = [row(Ended::Passed), row(Ended::NotRun("no compiler".into()))];
        assert_eq!(count(&rows, false), (1, 0));
        assert_eq!(count(&rows, true), (1, 1));
    }

    #[test]
    fn what_was_not_run_is_named_with_its_reason() {
        let rows = [row(Ended::NotRun("no compiler".into()))];
        assert!(notes(&rows, false, true).contains("Not run\n  fmt: no compiler\n"));
    }

    #[test]
    fn a_failure_says_how_to_repeat_it() {
        let rows = [row(Ended::Failed("it ended with 1".into()))];
        assert!(notes(&rows, false, true).contains("to repeat: cargo xtask test fmt"));
    }

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(seconds(Duration::from_millis(61_900)), "1 min 01 s");
    }
}

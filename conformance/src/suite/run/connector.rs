//! A run against a connector: a program, an address, or a person at a screen.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::collected::{each, sample};
use super::{Listener, NotRun, Plan, Progress, Results, case_report, guarded, random_word};
use crate::suite::bench::{Bench, SYSTEM, Standing, builder};
use crate::suite::by_hand;
use crate::suite::case::{Case, Chapter, Need, Run};
use crate::suite::evidence::Evidence;
use crate::suite::lab::Lab;
use crate::suite::product::{Declaration, Http, Manual, Means, Product};
use crate::suite::report::CaseReport;
use crate::suite::said;
use crate::suite::sample::Sample;
use crate::suite::verdict::{Outcome, Stop};

pub(super) fn connector(
    plan: &Plan,
    means: &Means,
    chosen: &[&'static Case],
    folder: &Path,
    listener: Listener<'_>,
) -> Result<Results, NotRun> {
    let own = |error: &dyn std::fmt::Display| {
        NotRun::Own(said!(
            "the suite could not begin: {error}",
            "bộ kiểm thử không bắt đầu được: {error}"
        ))
    };
    let secret = match &plan.secret {
        Some(secret) => secret.clone(),
        None => format!("made-up-{}", random_word().map_err(|error| own(&error))?),
    };
    let numbers = plan.numbers();
    let mut bench = Bench {
        means: means.clone(),
        declaration: Declaration::default(),
        standing: None,
        organ: plan.organ.clone(),
        secret,
        patience: plan.patience,
        evidence: Evidence::default(),
        numbers,
        folder: folder.join("handshake"),
    };
    std::fs::create_dir_all(&bench.folder).map_err(|error| own(&error))?;
    if !matches!(means, Means::Process(_)) {
        stand(plan, means, &mut bench, folder, listener)?;
    }
    bench.declaration = handshake(means, &bench)?;
    let samples: Mutex<Option<Result<Vec<Sample>, Stop>>> = Mutex::new(None);
    let led = chosen.iter().filter(|case| by_hand::is_led(case)).count();
    let place = AtomicUsize::new(0);
    let carry_out = |case: &'static Case, number: usize| -> CaseReport {
        let evidence = Evidence::default();
        let bench = Bench {
            means: bench.means.clone(),
            declaration: bench.declaration.clone(),
            standing: bench.standing.clone(),
            organ: bench.organ.clone(),
            secret: bench.secret.clone(),
            patience: bench.patience,
            evidence: evidence.clone(),
            numbers: Arc::clone(&bench.numbers),
            folder: folder.join(format!("case-{number}")),
        };
        let begun = Instant::now();
        let outcome = match missing(case, &bench) {
            Some(stop) => Err(stop),
            None => guarded(|| {
                begin_by_hand(&bench, case, &place, led)?;
                std::fs::create_dir_all(&bench.folder).map_err(Stop::own)?;
                match case.run {
                    Run::Connector(run) => run(&bench),
                    Run::Packet(run) => {
                        let mut samples = samples.lock().unwrap_or_else(PoisonError::into_inner);
                        let samples = samples.get_or_insert_with(|| sample(&bench));
                        match samples {
                            Ok(samples) => each(samples, run),
                            Err(stop) => Err(stop.clone()),
                        }
                    }
                    Run::Axis(_) => Err(Stop::own("a case about an axis")),
                }
            }),
        };
        let _ = std::fs::remove_dir_all(&bench.folder);
        case_report(plan, case, outcome, begun.elapsed(), &evidence)
    };
    let jobs = match means {
        Means::Process(_) => plan.jobs.max(1),
        Means::Http(_) | Means::Manual => 1,
    };
    if *means == Means::Manual {
        // Each verdict is shown before the next case begins.
        let mut results = Vec::new();
        for (number, &case) in chosen.iter().enumerate() {
            let done = carry_out(case, number);
            listener(Progress::Done(&done));
            results.push((case.chapter, done));
        }
        let over = bench.person(|person| person.over()).flatten();
        return Ok((bench.declaration, results, over));
    }
    let next = AtomicUsize::new(0);
    let mut results: BTreeMap<usize, (Chapter, CaseReport)> = BTreeMap::new();
    let (say, said) = channel();
    std::thread::scope(|scope| {
        let (next, carry_out) = (&next, &carry_out);
        for _ in 0..jobs {
            let say = say.clone();
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&case) = chosen.get(number) else {
                        break;
                    };
                    if say
                        .send((number, case.chapter, carry_out(case, number)))
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(say);
        for (number, chapter, done) in said {
            listener(Progress::Done(&done));
            results.insert(number, (chapter, done));
        }
    });
    Ok((bench.declaration, results.into_values().collect(), None))
}

/// Shows a person which case begins, where there is one who still answers.
fn begin_by_hand(bench: &Bench, case: &Case, place: &AtomicUsize, led: usize) -> Outcome {
    let over = bench.person(|person| {
        if person.over().is_none() {
            let number = 1 + place.fetch_add(1, Ordering::Relaxed);
            person.begin(case, (number, led));
        }
        person.over()
    });
    match over.flatten() {
        Some(over) => Err(Stop::Manual(over.said())),
        None => Ok(()),
    }
}

/// The axis for a product that runs already, and the product.
fn stand(
    plan: &Plan,
    means: &Means,
    bench: &mut Bench,
    folder: &Path,
    listener: Listener<'_>,
) -> Result<(), NotRun> {
    let mut axis = builder().system(SYSTEM, &bench.secret, [&bench.organ]);
    if let Some(listen) = plan.listen {
        axis = axis.configure(|config| config.listen = listen);
    }
    let axis = axis.start().map_err(|error| {
        NotRun::Own(said!(
            "the axis did not start: {error}",
            "trục thử nghiệm không khởi động: {error}"
        ))
    })?;
    let axis = Arc::new(axis);
    listener(Progress::Standing {
        url: &axis.url(),
        system: SYSTEM,
        secret: &bench.secret,
    });
    let product: Box<dyn Product> = match means {
        Means::Http(url) => Box::new(Http::new(url).map_err(|reason| {
            NotRun::Usage(said!("{reason}", "địa chỉ driver không đúng: {reason}"))
        })?),
        Means::Manual | Means::Process(_) => Box::new(Manual::at_terminal(
            plan.language,
            &folder.join("saved"),
            Arc::clone(&axis),
            &plan.organ,
            plan.patience,
        )),
    };
    bench.standing = Some(Arc::new(Standing {
        axis,
        product: Arc::new(Mutex::new(product)),
    }));
    Ok(())
}

/// Asks the product what it can do.
fn handshake(means: &Means, bench: &Bench) -> Result<Declaration, NotRun> {
    if *means == Means::Manual {
        await_first_call(bench)?;
        return Ok(Manual::declaration());
    }
    let unreachable = |stop: Stop| NotRun::Unreachable(stop.said());
    // Not `lab`: that would ask for what is not known yet.
    let mut lab = match &bench.standing {
        Some(standing) => Lab::new(
            bench,
            Arc::clone(&standing.axis),
            Arc::clone(&standing.product),
            None,
        ),
        None => bench.lab_with(|_| {}).map_err(unreachable)?,
    };
    let answer = lab.ask("capabilities", json!({})).map_err(unreachable)?;
    let declared = answer.map_err(|refusal| {
        let kind = refusal.kind();
        NotRun::Unreachable(said!(
            "the product does not know the command `capabilities`: {kind}",
            "phần mềm không biết lệnh `capabilities`: {kind}"
        ))
    })?;
    serde_json::from_value(declared).map_err(|error| {
        NotRun::Unreachable(said!(
            "the answer to `capabilities` has another shape: {error}",
            "câu trả lời của `capabilities` sai dạng: {error}"
        ))
    })
}

/// Waits until a product that a person has set up is at the axis.
fn await_first_call(bench: &Bench) -> Result<(), NotRun> {
    if bench.person(Manual::introduce) != Some(true) {
        return Err(NotRun::Unreachable(said!(
            "nobody is at the keyboard",
            "không có ai trả lời trên dòng lệnh"
        )));
    }
    let mut lab = bench.lab().map_err(|stop| NotRun::Own(stop.said()))?;
    let what = said!(
        "the product did not call the axis: look at its address, and whether it runs",
        "phần mềm chưa gọi trục: kiểm tra lại địa chỉ, và phần mềm có đang chạy không"
    );
    let called = lab.until(what, |lab| Ok((lab.last_call() > 0).then_some(())));
    called.map_err(|stop| NotRun::Unreachable(stop.said()))?;
    let mut from = 0;
    loop {
        let what = said!(
            "no call that the axis takes",
            "chưa có lời gọi nào được trục chấp nhận"
        );
        let taken = lab.until(what, |lab| {
            let log = lab.axis.wire_log(from, Duration::ZERO);
            let mut codes = log.iter().map(|call| call.code.as_deref());
            let taken = codes.any(|code| code == Some("0"));
            // The first calls are refused or taken; more say no more.
            Ok((taken || log.len() >= 4).then_some(taken))
        });
        if taken.unwrap_or(false) || bench.person(Manual::goes_on_refused) == Some(true) {
            return Ok(());
        }
        from = lab.last_call();
    }
}

/// What a case needs and the product has not.
fn missing(case: &Case, bench: &Bench) -> Option<Stop> {
    let declaration = &bench.declaration;
    if bench.means == Means::Manual && !by_hand::is_led(case) {
        return Some(Stop::Manual(said!(
            "nobody can be led through it at a screen: it needs a driver, or a look of your own",
            "không thể hướng dẫn làm trên màn hình: cần driver, hoặc tự xem xét"
        )));
    }
    for need in case.needs {
        let (has, what) = match need {
            Need::Command(word) => (declaration.knows(word), *word),
            Need::Feature(word) => (declaration.has(word), *word),
            Need::Setting(key) => (declaration.takes(key), *key),
            Need::Fresh => (bench.standing.is_none(), "fresh"),
        };
        if has {
            continue;
        }
        return Some(Stop::NotApplicable(said!(
            "the product does not declare `{what}`",
            "phần mềm không khai báo `{what}`"
        )));
    }
    None
}

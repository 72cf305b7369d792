//! A run against an axis or a gateway.

use std::sync::Arc;
use std::time::Instant;

use lienthong::ErrorKind;

use super::{Listener, NotRun, Plan, Progress, Results, case_report, guarded};
use crate::suite::case::{Case, Run};
use crate::suite::evidence::Evidence;
use crate::suite::gateway::{Account, Gateway};
use crate::suite::product::Declaration;
use crate::suite::said;
use crate::suite::verdict::Stop;

pub(super) fn axis(
    plan: &Plan,
    (url, one, two, settings): (&str, &Account, &Account, &[(String, String)]),
    chosen: &[&'static Case],
    listener: Listener<'_>,
) -> Result<Results, NotRun> {
    let numbers = plan.numbers();
    let gateway = |evidence: Evidence| Gateway {
        url: url.to_owned(),
        settings: settings.to_vec(),
        one: one.clone(),
        two: two.clone(),
        patience: plan.patience,
        evidence,
        numbers: Arc::clone(&numbers),
    };
    // Whether somebody is there at all.
    let reached = gateway(Evidence::default())
        .client(one)
        .map_err(|_| {
            NotRun::Usage(said!(
                "the address {url} is none",
                "địa chỉ {url} không hợp lệ"
            ))
        })?
        .count_documents();
    if let Err(error) = reached
        && matches!(
            error.kind(),
            ErrorKind::AxisUnreachable | ErrorKind::AxisUntrusted | ErrorKind::AxisPlaintext
        )
    {
        let kind = error.kind().name();
        return Err(NotRun::Unreachable(said!(
            "the axis at {url} was not reached: {kind}",
            "không kết nối được trục tại {url}: {kind}"
        )));
    }
    let mut results = Vec::new();
    for case in chosen {
        let evidence = Evidence::default();
        let begun = Instant::now();
        let outcome = match case.run {
            Run::Axis(run) => guarded(|| run(&gateway(evidence.clone()))),
            _ => Err(Stop::own("a case about something else")),
        };
        let report = case_report(plan, case, outcome, begun.elapsed(), &evidence);
        listener(Progress::Done(&report));
        results.push((case.chapter, report));
    }
    let declaration = Declaration {
        product: url.to_owned(),
        ..Declaration::default()
    };
    Ok((declaration, results, None))
}

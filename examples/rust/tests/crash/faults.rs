//! What the axis does wrong, by chance.

use lienthong_conformance::axis_server::{Fault, FaultRule};

use crate::random::Random;

/// A script of faults: every kind there is, each seldom enough that work goes
/// on between them.
pub(crate) fn script(random: &mut Random) -> Vec<FaultRule> {
    let mut rules = Vec::new();
    let mut add = |call: &str, percent: u64, fault: Fault| {
        rules.push(FaultRule {
            call: call.to_owned(),
            after: 0,
            times: 0,
            chance: percent as f64 / 100.0,
            fault,
        });
    };
    for call in [
        "sendEdoc",
        "getEdoc",
        "getReceivedEdocList",
        "updateStatus",
        "getSentEdocList",
    ] {
        // Heads and short packets, and now and then the middle of a long one.
        let bytes = [300, 3_000, 20_000, 500_000];
        let bytes = *random.of(&bytes).unwrap();
        add(
            call,
            random.below(8),
            Fault::CloseAfterRequest {
                bytes: random.below(bytes),
            },
        );
        let bytes = *random.of(&[1, 300, 5_000, 500_000]).unwrap();
        add(
            call,
            random.below(10),
            Fault::CloseAfterAnswer {
                bytes: random.below(bytes),
            },
        );
        add(
            call,
            random.below(20),
            Fault::Delay {
                ms: random.below(40),
            },
        );
        add(call, random.below(5), Fault::BadGateway);
        add(call, random.below(5), Fault::NotJson);
        add(
            call,
            random.below(5),
            Fault::WrongCode {
                code: "20".to_owned(),
                accepted: random.percent(50),
            },
        );
        add(
            call,
            random.below(5),
            Fault::Drip {
                bytes: 1 + usize::try_from(random.below(4_000)).unwrap(),
                ms: 1,
            },
        );
    }
    for call in ["getReceivedEdocList", "getSentEdocList"] {
        add(call, 15, Fault::DuplicateListing);
        add(call, 30, Fault::Reorder);
    }
    for organ in ["H99.01", "H99.02", "H99.03"] {
        add(
            "sendEdoc",
            random.below(2),
            Fault::RefuseOrgan {
                organ: organ.to_owned(),
                code: "23".to_owned(),
                rest_accepted: random.percent(30),
            },
        );
    }
    rules
}

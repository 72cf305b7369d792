//! The axis's clock, as HTTP tells it with each answer.

use time::{Date, Month, PrimitiveDateTime, Time};

const MONTHS: [(&str, Month); 12] = [
    ("Jan", Month::January),
    ("Feb", Month::February),
    ("Mar", Month::March),
    ("Apr", Month::April),
    ("May", Month::May),
    ("Jun", Month::June),
    ("Jul", Month::July),
    ("Aug", Month::August),
    ("Sep", Month::September),
    ("Oct", Month::October),
    ("Nov", Month::November),
    ("Dec", Month::December),
];

/// The seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`. The two older
/// forms of HTTP are not read.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let (_, moment) = text.split_once(", ")?;
    let mut parts = moment.split([' ', ':']);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let (_, month) = MONTHS.iter().find(|(name, _)| *name == month)?;
    let year = parts.next()?.parse().ok()?;
    let mut part = || parts.next()?.parse().ok();
    let time = Time::from_hms(part()?, part()?, part()?).ok()?;
    if parts.next()? != "GMT" || parts.next().is_some() {
        return None;
    }
    let date = Date::from_calendar_date(year, *month, day).ok()?;
    Some(
        PrimitiveDateTime::new(date, time)
            .assume_utc()
            .unix_timestamp(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read_in_its_one_form() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        for wrong in [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "784111777",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}

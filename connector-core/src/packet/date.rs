//! Dates and times of a packet: Vietnamese time, no zone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{Month, PrimitiveDateTime, Time, UtcOffset};

use super::element::{Context, Element, Node, Walk, coded_text};
use crate::finding::FindingCode;

/// A calendar date. Written `yyyy/MM/dd` in packets, `YYYY-MM-DD` in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(time::Date);

/// A date and time of day in Vietnam, to the second. Written
/// `yyyy/MM/dd HH:mm:ss` in packets, `YYYY-MM-DDTHH:MM:SS` in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(PrimitiveDateTime);

/// The form in which a date was written. The list is closed: nothing is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Official,
    DayFirst,
    Dashes,
    EpochMillis,
    WithTime,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Form::Official => "yyyy/MM/dd",
            Form::DayFirst => "dd/MM/yyyy",
            Form::Dashes => "yyyy-MM-dd",
            Form::EpochMillis => "epoch milliseconds",
            Form::WithTime => "date with time",
        }
    }
}

/// Digits only, exactly `width` of them.
fn digits(text: &str, width: usize) -> Option<u32> {
    let fits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn parts(text: &str, separator: char, widths: [usize; 3]) -> Option<[u32; 3]> {
    let mut fields = text.split(separator);
    let mut values = [0; 3];
    for (value, width) in values.iter_mut().zip(widths) {
        *value = digits(fields.next()?, width)?;
    }
    fields.next().is_none().then_some(values)
}

fn parse_date(text: &str) -> Option<(Date, Form)> {
    if let Some([year, month, day]) = parts(text, '/', [4, 2, 2]) {
        return Some((Date::new(year, month, day)?, Form::Official));
    }
    if let Some([day, month, year]) = parts(text, '/', [2, 2, 4]) {
        return Some((Date::new(year, month, day)?, Form::DayFirst));
    }
    if let Some([year, month, day]) = parts(text, '-', [4, 2, 2]) {
        return Some((Date::new(year, month, day)?, Form::Dashes));
    }
    parse_epoch(text).map(|stamp| (stamp.date(), Form::EpochMillis))
}

/// Milliseconds since 1970 in 12 or 13 digits: 1973 to 2286.
fn parse_epoch(text: &str) -> Option<Timestamp> {
    let millis = (text.len() == 12 || text.len() == 13)
        .then(|| text.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|all| *all)
        .and_then(|_| text.parse::<i64>().ok())?;
    let vietnam = UtcOffset::from_hms(7, 0, 0).ok()?;
    let moment = time::OffsetDateTime::from_unix_timestamp(millis / 1000)
        .ok()?
        .to_offset(vietnam);
    Some(Timestamp(PrimitiveDateTime::new(
        moment.date(),
        moment.time(),
    )))
}

fn parse_time(text: &str) -> Option<Time> {
    // A fraction of a second is cut off.
    let text = match text.split_once('.') {
        Some((whole, fraction)) => digits(fraction, fraction.len()).and(Some(whole))?,
        None => text,
    };
    let [hour, minute, second] = parts(text, ':', [2, 2, 2])?;
    let small = |value: u32| u8::try_from(value).ok();
    Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()
}

fn parse_timestamp(text: &str) -> Option<(Timestamp, Form)> {
    if let Some((date, time)) = text.split_once([' ', 'T']) {
        let (date, form) = parse_date(date)?;
        let time = parse_time(time.trim())?;
        let form = match form {
            Form::EpochMillis => return None,
            other => other,
        };
        let stamp = Timestamp(PrimitiveDateTime::new(date.0, time));
        let official = form != Form::Official || text == stamp.official();
        return Some((stamp, if official { form } else { Form::WithTime }));
    }
    if let Some(stamp) = parse_epoch(text) {
        return Some((stamp, Form::EpochMillis));
    }
    let (date, form) = parse_date(text)?;
    let form = if form == Form::Official {
        Form::WithTime
    } else {
        form
    };
    Some((
        Timestamp(PrimitiveDateTime::new(date.0, Time::MIDNIGHT)),
        form,
    ))
}

impl Date {
    /// A date; `None` if there is no such day, or its year is outside
    /// 1900..=2999 (a lenient parser's year 36 is no date).
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        if !(1900..=2999).contains(&year) {
            return None;
        }
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let year = i32::try_from(year).ok()?;
        time::Date::from_calendar_date(year, month, u8::try_from(day).ok()?)
            .ok()
            .map(Date)
    }

    /// Reads the official form `yyyy/MM/dd` and nothing else.
    pub fn parse_official(text: &str) -> Option<Self> {
        parse_date(text)
            .filter(|(_, form)| *form == Form::Official)
            .map(|(date, _)| date)
    }

    /// Reads any form of the closed list (`yyyy/MM/dd`, `dd/MM/yyyy`,
    /// `yyyy-MM-dd`, epoch milliseconds), strictly.
    pub fn parse_known(text: &str) -> Option<Self> {
        parse_date(text).map(|(date, _)| date)
    }

    /// The day it is in Vietnam at a moment given in seconds since 1970 (UTC).
    pub fn in_vietnam(unix_seconds: i64) -> Option<Self> {
        Timestamp::in_vietnam(unix_seconds).map(Timestamp::date)
    }

    /// The form of packets: `yyyy/MM/dd`.
    pub fn official(self) -> String {
        let (year, month, day) = self.0.to_calendar_date();
        format!("{year:04}/{:02}/{day:02}", u8::from(month))
    }
}

fn vietnam() -> Option<UtcOffset> {
    UtcOffset::from_hms(7, 0, 0).ok()
}

impl Timestamp {
    /// A date and time of day; `None` if there is no such moment.
    pub fn new(date: Date, hour: u8, minute: u8, second: u8) -> Option<Self> {
        let time = Time::from_hms(hour, minute, second).ok()?;
        Some(Timestamp(PrimitiveDateTime::new(date.0, time)))
    }

    /// What the clock in Vietnam shows at a moment given in seconds since 1970
    /// (UTC).
    pub fn in_vietnam(unix_seconds: i64) -> Option<Self> {
        let moment = time::OffsetDateTime::from_unix_timestamp(unix_seconds).ok()?;
        let there = moment.to_offset(vietnam()?);
        Some(Timestamp(PrimitiveDateTime::new(
            there.date(),
            there.time().replace_nanosecond(0).ok()?,
        )))
    }

    /// The moment it is in Vietnam, in seconds since 1970 (UTC).
    pub fn unix_seconds(self) -> i64 {
        // Vietnam keeps seven hours all year.
        self.0.assume_utc().unix_timestamp() - 7 * 3_600
    }

    /// Its date.
    pub fn date(self) -> Date {
        Date(self.0.date())
    }

    /// The form of packets: `yyyy/MM/dd HH:mm:ss`.
    pub fn official(self) -> String {
        let (hour, minute, second) = self.0.as_hms();
        format!(
            "{} {hour:02}:{minute:02}:{second:02}",
            self.date().official()
        )
    }
}

impl fmt::Display for Date {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.official().replace('/', "-"))
    }
}

impl fmt::Display for Timestamp {
    /// `YYYY-MM-DDTHH:MM:SS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.official().replace('/', "-").replace(' ', "T"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = &'static str;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_date(text)
            .filter(|(_, form)| *form == Form::Dashes)
            .map(|(date, _)| date)
            .ok_or("a date is written YYYY-MM-DD")
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;

    /// Reads `YYYY-MM-DDTHH:MM:SS`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_timestamp(text)
            .filter(|(_, form)| *form == Form::Dashes && text.contains('T'))
            .map(|(stamp, _)| stamp)
            .ok_or("a time is written YYYY-MM-DDTHH:MM:SS")
    }
}

macro_rules! as_text {
    ($type:ty, $parse:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl Element for $type {
            fn read(node: Node, context: &mut Context) -> Option<Self> {
                let text = coded_text(&node, context)?;
                let Some((value, form)) = $parse(text) else {
                    context.report(FindingCode::DateInvalid);
                    return None;
                };
                if form != Form::Official {
                    let name = node.name.to_string();
                    let finding = context
                        .finding(FindingCode::DateFormat)
                        .with("element", name)
                        .with("format", form.name());
                    context.findings.push(finding);
                }
                Some(value)
            }

            fn walk(
                &self,
                element: &'static str,
                number: Option<usize>,
                max: usize,
                walker: &mut dyn Walk,
            ) {
                walker.leaf(element, number, &self.official(), max);
            }

            fn is_absent(&self) -> bool {
                false
            }

            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

as_text!(Date, parse_date_field);
as_text!(Timestamp, parse_timestamp);

/// A date field; a time of day behind the date is cut off.
fn parse_date_field(text: &str) -> Option<(Date, Form)> {
    parse_date(text).or_else(|| {
        let (date, time) = text.split_once([' ', 'T'])?;
        parse_time(time.trim())?;
        parse_date(date).map(|(date, _)| (date, Form::WithTime))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_the_known_forms_only_and_never_leniently() {
        let day = Date::new(2020, 10, 30).unwrap();
        for text in ["2020/10/30", "30/10/2020", "2020-10-30"] {
            assert_eq!(Date::parse_known(text), Some(day), "{text}");
        }
        // 2020-10-29 18:00 UTC is the 30th in Vietnam.
        assert_eq!(Date::parse_known("1603994400000"), Some(day));
        for text in [
            "2014/02/30",
            "30/10/20",
            "2020/1/2",
            "10/30/2020",
            "0036/01/01",
            "2020/10/30x",
            "",
            "+020/10/30",
            "2020.10.30",
        ] {
            assert_eq!(Date::parse_known(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_read_and_written_in_the_official_form() {
        let (stamp, form) = parse_timestamp("2015/09/20 11:08:36").unwrap();
        assert_eq!(form, Form::Official);
        assert_eq!(stamp.official(), "2015/09/20 11:08:36");
        assert_eq!(stamp.to_string(), "2015-09-20T11:08:36");
        assert_eq!("2015-09-20T11:08:36".parse::<Timestamp>().unwrap(), stamp);
        for text in [
            "2015/09/20 25:08:36",
            "2015/09/20 11:08:36.",
            "2015/09/20 11:08:36.5Z",
            "2015/09/20 11:08:36.garbage",
        ] {
            assert!(parse_timestamp(text).is_none(), "{text}");
        }
        for text in ["2015/09/20 11:08:36.5", "2015/09/20  11:08:36"] {
            assert_eq!(parse_timestamp(text), Some((stamp, Form::WithTime)));
        }
    }
}

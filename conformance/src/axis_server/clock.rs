//! Times as the axis writes and reads them.

use std::time::{SystemTime, UNIX_EPOCH};

use lienthong::packet::Date;

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
}

/// Milliseconds since 1970.
pub(super) fn millis() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// `yyyy/MM/dd HH:mm:ss` in Vietnam.
pub(super) fn vietnamese(seconds: i64) -> String {
    let day = Date::in_vietnam(seconds).map(Date::official);
    let of_day = (seconds + 7 * 3600).rem_euclid(86_400);
    format!(
        "{} {:02}:{:02}:{:02}",
        day.unwrap_or_default(),
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, as HTTP writes it.
pub(super) fn http(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    fn name(names: &[&'static str], number: i64) -> &'static str {
        let number = usize::try_from(number).unwrap_or_default();
        names.get(number).copied().unwrap_or_default()
    }
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The year and month of a day, by trying: there are few.
    let mut year = 1970 + days.div_euclid(366);
    while self::days(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && self::days(year, month + 1, 1) <= days {
        month += 1;
    }
    format!(
        "{}, {:02} {} {year} {:02}:{:02}:{:02} GMT",
        name(&DAYS, days.rem_euclid(7)),
        days - self::days(year, month, 1) + 1,
        name(&MONTHS, month - 1),
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// The seconds of `ddMMyyyy'T'HHmmss+SSSS`, taken as Vietnamese time.
pub(super) fn timestamp(text: &str) -> Option<i64> {
    let (moment, millis) = text.split_once('+')?;
    let (day, time) = moment.split_once('T')?;
    let all_digits = [day, time, millis]
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !all_digits || (day.len(), time.len(), millis.len()) != (8, 6, 4) {
        return None;
    }
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (date, month, year) = (number(day, 0, 2)?, number(day, 2, 4)?, number(day, 4, 8)?);
    let (hour, minute, second) = (
        number(time, 0, 2)?,
        number(time, 2, 4)?,
        number(time, 4, 6)?,
    );
    let in_range = (1..=31).contains(&date)
        && (1..=12).contains(&month)
        && hour < 24
        && minute < 60
        && second < 61;
    in_range
        .then(|| days(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second - 7 * 3600)
}

/// Days from 1970-01-01 in the Gregorian calendar; years begin in March, so
/// that the leap day is the last.
fn days(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_is_written_as_others_write_it() {
        // By `date -u -d`.
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (1_795_220_015, "Sat, 21 Nov 2026 00:13:35 GMT"),
        ] {
            assert_eq!(http(seconds), text);
        }
    }

    #[test]
    fn a_timestamp_and_its_text_agree() {
        // 21 November 2026, 07:13:35 in Vietnam, by `date -u -d`.
        let seconds = 1_795_220_015;
        assert_eq!(timestamp("21112026T071335+0811"), Some(seconds));
        assert_eq!(vietnamese(seconds), "2026/11/21 07:13:35");
        assert_eq!(timestamp("29022024T000000+0000"), Some(1_709_139_600));
        for wrong in [
            "",
            "21112026T071335",
            "21112026T071335+811",
            "21132026T071335+0811",
        ] {
            assert_eq!(timestamp(wrong), None, "{wrong}");
        }
    }
}

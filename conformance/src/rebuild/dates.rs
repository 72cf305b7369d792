//! Dates as a lenient `SimpleDateFormat` reads them (observed: EdXML102 0.0.3;
//! `2014/02/30` becomes `2014/03/02`).

/// Reads `yyyy/MM/dd` leniently and writes it back; `None` where it does not
/// parse. What stands behind is not looked at.
pub(super) fn date(text: &str) -> Option<String> {
    let mut fields = Fields(text);
    let days = fields.days()?;
    Some(official(days))
}

/// The same for `yyyy/MM/dd HH:mm:ss`.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let mut fields = Fields(text);
    let days = fields.days()?;
    fields.expect(' ')?;
    let hour = fields.number()?;
    fields.expect(':')?;
    let minute = fields.number()?;
    fields.expect(':')?;
    let second = fields.number()?;
    let seconds = (hour * 60 + minute) * 60 + second;
    let day = days + seconds.div_euclid(86_400);
    let rest = seconds.rem_euclid(86_400);
    Some(format!(
        "{} {:02}:{:02}:{:02}",
        official(day),
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    ))
}

struct Fields<'t>(&'t str);

impl Fields<'_> {
    /// A number of at most nine digits; spaces before it are passed over.
    /// Signs are not taken (assumed; they do not occur).
    fn number(&mut self) -> Option<i64> {
        let text = self.0.trim_start_matches([' ', '\t']);
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = text.split_at_checked(digits)?;
        self.0 = rest;
        (digits <= 9).then(|| number.parse().ok()).flatten()
    }

    fn expect(&mut self, separator: char) -> Option<()> {
        self.0 = self.0.strip_prefix(separator)?;
        Some(())
    }

    fn days(&mut self) -> Option<i64> {
        let year = self.number()?;
        self.expect('/')?;
        let month = self.number()?;
        self.expect('/')?;
        let day = self.number()?;
        Some(days(year, month, day))
    }
}

/// The first day of the Gregorian calendar, 15 October 1582, in days since 1970.
const GREGORIAN: i64 = -141_427;

/// Days since 1970-01-01 of a date whose month and day may be anything, in the
/// calendar in use then.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    // Years that begin in March: the leap day is the last of the year.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let julian = 365 * year + year.div_euclid(4) + of_year - 719_470;
    let gregorian = julian + 2 - year.div_euclid(100) + year.div_euclid(400);
    if gregorian >= GREGORIAN {
        gregorian
    } else {
        julian
    }
}

/// The date of a day, in the calendar in use then.
fn official(days: i64) -> String {
    let (year, of_year) = if days >= GREGORIAN {
        let from_0000 = days + 719_468;
        let era = from_0000.div_euclid(146_097);
        let of_era = from_0000.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        (
            era * 400 + year,
            of_era - (365 * year + year / 4 - year / 100),
        )
    } else {
        let from_0000 = days + 719_470;
        let cycle = from_0000.div_euclid(1461);
        let of_cycle = from_0000.rem_euclid(1461);
        let year = (of_cycle - of_cycle / 1460) / 365;
        (cycle * 4 + year, of_cycle - 365 * year)
    };
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = if month <= 2 { year + 1 } else { year };
    // A year before the first is written as one of its era.
    let year = if year <= 0 { 1 - year } else { year };
    format!("{year:04}/{month:02}/{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_do_not_exist_run_over() {
        for (text, expected) in [
            ("2014/02/30", "2014/03/02"),
            ("2016/02/29", "2016/02/29"),
            ("2020/13/01", "2021/01/01"),
            ("2020/01/00", "2019/12/31"),
            ("2020/00/15", "2019/12/15"),
            ("2020/1/2", "2020/01/02"),
            ("2020/ 1/ 2", "2020/01/02"),
            ("2020/10/30 and more", "2020/10/30"),
            ("1970/01/01", "1970/01/01"),
            ("1582/10/15", "1582/10/15"),
            ("1582/10/04", "1582/10/04"),
            ("1582/10/05", "1582/10/15"),
        ] {
            assert_eq!(date(text).as_deref(), Some(expected), "{text}");
        }
        // Day 2020 of October of the year 30.
        assert!(date("30/10/2020").unwrap().starts_with("0036/"));
    }

    #[test]
    fn every_day_since_1900_is_itself() {
        let mut day = days(1900, 1, 1);
        while day < days(2101, 1, 1) {
            let text = official(day);
            assert_eq!(date(&text), Some(text.clone()));
            day += 1;
        }
    }

    #[test]
    fn what_does_not_parse_is_none() {
        for text in [
            "",
            "2020-10-30",
            "1603994400000",
            "N/A",
            "2020/10",
            "2020//1",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(timestamp("2020/10/30"), None);
    }

    #[test]
    fn times_run_over_into_days() {
        let stamp = timestamp("2020/12/31 23:59:61");
        assert_eq!(stamp.as_deref(), Some("2021/01/01 00:00:01"));
        let stamp = timestamp("2015/09/20 11:08:36");
        assert_eq!(stamp.as_deref(), Some("2015/09/20 11:08:36"));
    }
}

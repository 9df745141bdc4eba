//! Units of `datetime64` and `timedelta64`, what they have in common, and dates in text.
//!
//! A date or difference is a 64-bit count of its unit; the least count is NaT. Units of
//! several (`25s`) are not known here, nor are zones and the words `today` and `now`.
//! Arithmetic is written in the language (`library/bodies/datetimes.py`).

use crate::types::DType;
use serde::{Deserialize, Serialize};

/// A unit, from the coarsest; `Generic` counts no one knows what.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum TimeUnit {
    Generic,
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Milli,
    Micro,
    Nano,
    Pico,
    Femto,
    Atto,
}

/// The count that is no time.
pub const NAT: i64 = i64::MIN;

impl TimeUnit {
    /// All units.
    pub const ALL: [TimeUnit; 14] = [
        TimeUnit::Generic,
        TimeUnit::Year,
        TimeUnit::Month,
        TimeUnit::Week,
        TimeUnit::Day,
        TimeUnit::Hour,
        TimeUnit::Minute,
        TimeUnit::Second,
        TimeUnit::Milli,
        TimeUnit::Micro,
        TimeUnit::Nano,
        TimeUnit::Pico,
        TimeUnit::Femto,
        TimeUnit::Atto,
    ];

    /// NumPy's abbreviation.
    pub const fn symbol(self) -> &'static str {
        match self {
            TimeUnit::Generic => "generic",
            TimeUnit::Year => "Y",
            TimeUnit::Month => "M",
            TimeUnit::Week => "W",
            TimeUnit::Day => "D",
            TimeUnit::Hour => "h",
            TimeUnit::Minute => "m",
            TimeUnit::Second => "s",
            TimeUnit::Milli => "ms",
            TimeUnit::Micro => "us",
            TimeUnit::Nano => "ns",
            TimeUnit::Pico => "ps",
            TimeUnit::Femto => "fs",
            TimeUnit::Atto => "as",
        }
    }

    /// The unit of an abbreviation.
    pub fn of_symbol(text: &str) -> Option<TimeUnit> {
        let text = if text == "μs" { "us" } else { text };
        TimeUnit::ALL.into_iter().find(|u| u.symbol() == text)
    }

    /// The unit by NumPy's number for it.
    pub fn of_number(number: i32) -> Option<TimeUnit> {
        Some(match number {
            14 => TimeUnit::Generic,
            0..=2 => TimeUnit::ALL[number as usize + 1],
            4..=13 => TimeUnit::ALL[number as usize],
            _ => return None,
        })
    }

    /// Whether it is years or months, which have no fixed length.
    pub const fn is_calendar(self) -> bool {
        matches!(self, TimeUnit::Year | TimeUnit::Month)
    }

    /// How many of a finer unit it has; `None` where there is no one number, or it
    /// doesn't fit.
    pub fn ratio(self, finer: TimeUnit) -> Option<i64> {
        use TimeUnit::*;
        if self == finer || self == Generic || finer == Generic {
            return Some(1);
        }
        if self > finer || self.is_calendar() != finer.is_calendar() {
            return None;
        }
        let step = |unit: TimeUnit| -> i64 {
            match unit {
                Year => 12,
                Week => 7,
                Day => 24,
                Hour | Minute => 60,
                _ => 1000,
            }
        };
        let from = TimeUnit::ALL.iter().position(|u| *u == self)?;
        let to = TimeUnit::ALL.iter().position(|u| *u == finer)?;
        let ratio = TimeUnit::ALL[from..to].iter().try_fold(1i64, |n, u| n.checked_mul(step(*u)));
        // NumPy has no larger one, and raises OverflowError.
        ratio.filter(|n| *n < 1 << 56)
    }
}

/// The unit that two have in common. Dates know the calendar, differences don't.
pub fn common(a: TimeUnit, b: TimeUnit, dates: bool) -> Option<TimeUnit> {
    let (coarse, fine) = (a.min(b), a.max(b));
    if coarse.ratio(fine).is_some() {
        return Some(fine);
    }
    let through_days = fine != TimeUnit::Week && TimeUnit::Day.ratio(fine).is_some();
    (dates && coarse.is_calendar() && through_days).then_some(fine)
}

/// The dtype of a name: `datetime64[D]`, `m8[s]`, `timedelta64`.
pub fn of_name(name: &str) -> Option<DType> {
    let (class, unit) = match name.split_once('[') {
        Some((class, rest)) => {
            // `generic` is only a word in messages.
            let unit = rest.strip_suffix(']').and_then(TimeUnit::of_symbol)?;
            (class, Some(unit).filter(|u| *u != TimeUnit::Generic)?)
        }
        None => (name, TimeUnit::Generic),
    };
    match class {
        "datetime64" | "M8" => Some(DType::Date(unit)),
        "timedelta64" | "m8" => Some(DType::Delta(unit)),
        _ => None,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A date in text, `2024-05`, `2024-05-01`, `2024-05-01T10:30:00.25`: its own unit and
/// the count of it. `None` for what isn't of this form; the year has four digits.
pub fn parse(text: &str) -> Option<(TimeUnit, i64)> {
    use TimeUnit::*;
    if text.is_empty() || matches!(text, "NaT" | "nat" | "NAT" | "Nat" | "naT") {
        return Some((Generic, NAT));
    }
    if !text.is_ascii() {
        return None;
    }
    let digits = |s: &str, n: usize| -> Option<i64> {
        (s.len() == n && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse().ok())?
    };
    let (date, time) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map(|s| digits(s, 2));
    let day = parts.next().map(|s| digits(s, 2));
    if parts.next().is_some() {
        return None;
    }
    let Some(month) = month else {
        return time.is_none().then_some((Year, year - 1970));
    };
    let month = month.filter(|m| (1..=12).contains(m))?;
    let Some(day) = day else {
        return time.is_none().then_some((Month, (year - 1970) * 12 + month - 1));
    };
    let day = day.filter(|d| (1..=days_in_month(year, month)).contains(d))?;
    let days = days_of(year, month, day);
    let Some(time) = time else { return Some((Day, days)) };
    let (whole, fraction) = match time.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (time, None),
    };
    let mut parts = whole.split(':');
    let hour = digits(parts.next()?, 2).filter(|h| *h < 24)?;
    let minute = parts.next().map(|s| digits(s, 2).filter(|m| *m < 60));
    let second = parts.next().map(|s| digits(s, 2).filter(|m| *m < 60));
    if parts.next().is_some() {
        return None;
    }
    let hours = days * 24 + hour;
    let Some(minute) = minute else {
        return fraction.is_none().then_some((Hour, hours));
    };
    let minutes = hours * 60 + minute?;
    let Some(second) = second else {
        return fraction.is_none().then_some((Minute, minutes));
    };
    let seconds = minutes * 60 + second?;
    let Some(fraction) = fraction else { return Some((Second, seconds)) };
    let (unit, places) = match fraction.len() {
        1..=3 => (Milli, 3),
        4..=6 => (Micro, 6),
        7..=9 => (Nano, 9),
        _ => return None,
    };
    let parts = digits(fraction, fraction.len())? * 10i64.pow(places - fraction.len() as u32);
    Some((unit, seconds.checked_mul(10i64.pow(places))?.checked_add(parts)?))
}

/// A count in another unit, by the calendar; `None` where it doesn't fit or isn't known.
pub fn converted(count: i64, from: TimeUnit, to: TimeUnit) -> Option<i64> {
    if count == NAT {
        return Some(NAT);
    }
    if let Some(ratio) = from.ratio(to) {
        return count.checked_mul(ratio);
    }
    if from.is_calendar() && TimeUnit::Day.ratio(to).is_some() {
        let months = count.checked_mul(from.ratio(TimeUnit::Month)?)?;
        let days = days_of(1970 + months.div_euclid(12), months.rem_euclid(12) + 1, 1);
        return converted(days, TimeUnit::Day, to);
    }
    to.ratio(from).map(|ratio| count.div_euclid(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(parse("2024"), Some((TimeUnit::Year, 54)));
        assert_eq!(parse("1970-03"), Some((TimeUnit::Month, 2)));
        assert_eq!(parse("2024-02-29"), Some((TimeUnit::Day, 19_782)));
        assert_eq!(parse("1969-12-31T23"), Some((TimeUnit::Hour, -1)));
        assert_eq!(parse("1970-01-01 00:01"), Some((TimeUnit::Minute, 1)));
        assert_eq!(parse("1970-01-01T00:00:01.5"), Some((TimeUnit::Milli, 1500)));
        assert_eq!(parse("NaT"), Some((TimeUnit::Generic, NAT)));
        for bad in ["2024-13", "2023-02-29", "24", "2024-1-1", "now", "2024-01-01T25", "2024-01T10"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn units() {
        assert_eq!(TimeUnit::Week.ratio(TimeUnit::Minute), Some(10_080));
        assert_eq!(TimeUnit::Year.ratio(TimeUnit::Month), Some(12));
        assert_eq!(TimeUnit::Month.ratio(TimeUnit::Day), None);
        assert_eq!(TimeUnit::Week.ratio(TimeUnit::Atto), None);
        assert_eq!(TimeUnit::Day.ratio(TimeUnit::Nano), Some(86_400_000_000_000));
        assert_eq!(TimeUnit::Day.ratio(TimeUnit::Pico), None);
        assert_eq!(common(TimeUnit::Year, TimeUnit::Pico, true), None);
        assert_eq!(common(TimeUnit::Year, TimeUnit::Hour, true), Some(TimeUnit::Hour));
        assert_eq!(common(TimeUnit::Year, TimeUnit::Hour, false), None);
        for (i, unit) in TimeUnit::ALL.into_iter().enumerate() {
            assert_eq!(TimeUnit::of_symbol(unit.symbol()), Some(unit));
            assert_eq!(i == 0, unit == TimeUnit::Generic);
        }
        assert_eq!(TimeUnit::of_number(4), Some(TimeUnit::Day));
        assert_eq!(TimeUnit::of_number(13), Some(TimeUnit::Atto));
        assert_eq!(TimeUnit::of_number(3), None);
    }
}

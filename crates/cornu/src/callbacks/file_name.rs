//! Names of files with figures in them: `{epoch:02d}-{val_loss:.2f}.keras`.

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Figure { name: String, zeros: bool, width: usize, precision: Option<usize>, kind: Option<char> },
}

/// A pattern with figures in braces, as Python's `str.format` takes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FileName(Vec<Part>);

impl FileName {
    /// Reads a pattern; `{{` and `}}` stand for braces.
    pub(super) fn parse(pattern: &str) -> Result<FileName, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let doubled = rest[at..].starts_with("{{") || rest[at..].starts_with("}}");
            if doubled {
                text.push_str(&rest[at..at + 1]);
                rest = &rest[at + 2..];
                continue;
            }
            let inside = rest[at..].strip_prefix('{').and_then(|inside| inside.split_once('}'));
            let Some((figure, after)) = inside else {
                return Err(format!("`{}` has a brace without its other one", &rest[at..]));
            };
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(figure_of(figure)?);
            rest = after;
        }
        text.push_str(rest);
        parts.push(Part::Text(text));
        Ok(FileName(parts))
    }

    /// The names of the figures in it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Figure { name, .. } => Some(name.as_str()),
        })
    }

    /// The file's name; `value` gives each figure.
    pub(super) fn fill(&self, value: impl Fn(&str) -> Option<f64>) -> Result<String, String> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Figure { name, zeros, width, precision, kind } => {
                    let value = value(name).ok_or_else(|| name.clone())?;
                    let text = match kind {
                        Some('d') => format!("{value:.0}"),
                        Some('e') => scientific(value, precision.unwrap_or(6)),
                        Some(_) => format!("{value:.*}", precision.unwrap_or(6)),
                        None => precision.map_or(value.to_string(), |digits| format!("{value:.digits$}")),
                    };
                    let missing = width.saturating_sub(text.len());
                    match text.strip_prefix('-').filter(|_| *zeros) {
                        Some(digits) => filled.push_str(&format!("-{}{digits}", "0".repeat(missing))),
                        None => filled.push_str(&(if *zeros { "0" } else { " " }.repeat(missing) + &text)),
                    }
                }
            }
        }
        Ok(filled)
    }
}

/// Reads what stands in braces: `val_loss`, `epoch:02d`, `loss:.4f`.
fn figure_of(figure: &str) -> Result<Part, String> {
    let (name, format) = figure.split_once(':').unwrap_or((figure, ""));
    let refused = || format!("`{{{figure}}}` is not understood");
    if name.is_empty() {
        return Err(refused());
    }
    let kind = format.chars().last().filter(|kind| kind.is_alphabetic());
    let digits = kind.map_or(format, |_| &format[..format.len() - 1]);
    if kind.is_some_and(|kind| !['d', 'f', 'e'].contains(&kind)) {
        return Err(refused());
    }
    let number = |text: &str| match text {
        "" => Ok(None),
        _ => text.parse().ok().filter(|n: &usize| *n <= 99).map(Some).ok_or_else(refused),
    };
    let (width, precision) = match digits.split_once('.') {
        Some((width, precision)) => (number(width)?, Some(number(precision)?.ok_or_else(refused)?)),
        None => (number(digits)?, None),
    };
    let zeros = digits.starts_with('0');
    Ok(Part::Figure { name: name.into(), zeros, width: width.unwrap_or(0), precision, kind })
}

/// A number as Python writes it with an exponent of at least two digits: `1.2500e-04`.
pub(super) fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    match text.split_once('e') {
        Some((number, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{number}e{sign}{:02}", exponent.abs())
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::FileName;

    fn fill(pattern: &str) -> Result<String, String> {
        let value = |name: &str| match name {
            "epoch" => Some(7.0),
            "val_loss" => Some(0.0625),
            "rate" => Some(-1.5e-4),
            _ => None,
        };
        FileName::parse(pattern)?.fill(value)
    }

    #[test]
    fn patterns_are_filled_as_python_fills_them() {
        for (pattern, filled) in [
            ("model.keras", "model.keras"),
            ("{epoch:02d}-{val_loss:.2f}.keras", "07-0.06.keras"),
            ("{epoch}", "7"),
            ("{{{epoch:3d}}}", "{  7}"),
            ("{rate:.2e} {rate:08.4f}", "-1.50e-04 -00.0001"),
            ("{val_loss} {val_loss:f}", "0.0625 0.062500"),
        ] {
            assert_eq!(fill(pattern).as_deref(), Ok(filled), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_are_none_are_told() {
        for (pattern, message) in [
            ("{epoch", "`{epoch` has a brace without its other one"),
            ("a}b", "`}b` has a brace without its other one"),
            ("{}", "`{}` is not understood"),
            ("{epoch:x}", "`{epoch:x}` is not understood"),
            ("{epoch:.f}", "`{epoch:.f}` is not understood"),
            ("{acc}", "acc"),
        ] {
            assert_eq!(fill(pattern).unwrap_err(), message);
        }
    }
}

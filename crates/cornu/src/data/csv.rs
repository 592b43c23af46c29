//! Tables of numbers from CSV files.

use crate::error::{Error, Result};
use crate::files::read_file;
use cornu_graph::Array;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A table of numbers with named columns.
///
/// ```
/// use cornu::data::Table;
/// let table = Table::decode(b"height;weight\n1.5;50\n1.8;80\n", "people.csv".as_ref()).unwrap();
/// assert_eq!(table.columns(), ["height", "weight"]);
/// let weight = table.select(&["weight"]).unwrap();
/// assert_eq!(weight.as_slice::<f32>().unwrap(), [50.0, 80.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    path: PathBuf,
    columns: Vec<String>,
    values: Vec<f64>,
}

impl Table {
    /// The table in the CSV file at `path`; see [`Table::decode`].
    pub fn read(path: impl AsRef<Path>) -> Result<Table> {
        let path = path.as_ref();
        Table::decode(&read_file(path)?, path)
    }

    /// The table in the CSV file `bytes`. `path` is what errors name.
    ///
    /// The cells are separated by comma, semicolon or tab, whichever splits the first rows evenly.
    /// The first row is a header if none of its cells is a number; without one the columns are
    /// named `column_1`, `column_2` and so on.
    ///
    /// # Errors
    /// If the file is empty, if rows differ in length, if two columns have one name, and if a cell is
    /// anything but a finite number: the file, row and column are named.
    pub fn decode(bytes: &[u8], path: &Path) -> Result<Table> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(Error::file(path, "this file is UTF-16").help("save it as CSV in UTF-8"));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let delimiter = delimiter(text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text);
        let mut lines = Lines { text, offset: 0, line: 1 };
        let mut record = csv::ByteRecord::new();
        let mut columns: Vec<String> = Vec::new();
        let mut values = Vec::new();
        while reader.read_byte_record(&mut record).map_err(|error| Error::file(path, error))? {
            let row = lines.advance(record.position().map_or(0, |position| position.byte() as usize));
            if columns.is_empty() {
                let is_header = record.iter().all(|cell| number(cell).is_none());
                columns =
                    record.iter().enumerate().map(|(i, cell)| column_name(i, cell, is_header)).collect();
                if is_header {
                    check_names(path, &columns)?;
                    continue;
                }
            }
            if record.len() != columns.len() {
                let message = format!("row {row} has {} cells, expected {}", record.len(), columns.len());
                return Err(Error::file(path, message).help("give every row one cell for each column"));
            }
            for (cell, column) in record.iter().zip(&columns) {
                values.push(finite(cell).map_err(|(problem, help)| {
                    Error::file(path, format!("row {row}, column {column}: {problem}")).help(help)
                })?);
            }
        }
        if values.is_empty() {
            let what =
                if columns.is_empty() { "this file is empty" } else { "this file has a header, but no rows" };
            return Err(Error::file(path, what));
        }
        Ok(Table { path: path.to_path_buf(), columns, values })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Number of rows, without the header.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns.len()
    }

    /// The numbers in the column `name`.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn column(&self, name: &str) -> Result<Vec<f64>> {
        let column = self.position(name)?;
        Ok(self.values.iter().skip(column).step_by(self.columns.len()).copied().collect())
    }

    /// The columns `names`, in that order, as an `f32` array of shape `[rows, names]`.
    ///
    /// # Errors
    /// If there is no such column, or if a number is too large for `f32`.
    pub fn select<S: AsRef<str>>(&self, names: &[S]) -> Result<Array> {
        let positions = names.iter().map(|name| self.position(name.as_ref())).collect::<Result<Vec<_>>>()?;
        let mut values = Vec::with_capacity(self.rows() * names.len());
        for row in self.values.chunks_exact(self.columns.len()) {
            for &column in &positions {
                let value = row[column] as f32;
                if value.is_infinite() {
                    let message = format!(
                        "column {}: {:e} is too large for float32",
                        self.columns[column], row[column]
                    );
                    return Err(Error::file(&self.path, message).help("scale the column"));
                }
                values.push(value);
            }
        }
        Array::new([self.rows(), names.len()], values).map_err(|message| Error::file(&self.path, message))
    }

    fn position(&self, name: &str) -> Result<usize> {
        self.columns.iter().position(|column| column == name).ok_or_else(|| {
            let known = self.columns.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if self.columns.len() > 20 { " ..." } else { "" };
            Error::file(&self.path, format!("there is no column {name:?}"))
                .help(format!("the columns are {known}{more}"))
        })
    }
}

/// Counts the lines up to where a record begins: the reader itself miscounts where lines end in CR LF
/// or are empty.
struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line, from 1, of the first record at or after `offset`.
    fn advance(&mut self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        let start = offset + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.offset..start).unwrap_or_default();
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.offset = start;
        self.line
    }
}

/// The separator that splits the first lines into equally many cells, more than one. A semicolon
/// goes before a comma, which may also be a decimal one.
fn delimiter(text: &[u8]) -> u8 {
    let lines: Vec<&[u8]> =
        text.split(|&byte| matches!(byte, b'\n' | b'\r')).filter(|l| !l.is_empty()).take(10).collect();
    let count = |line: &[u8], delimiter: u8| {
        let mut quoted = false;
        line.iter()
            .filter(|&&byte| {
                quoted ^= byte == b'"';
                byte == delimiter && !quoted
            })
            .count()
    };
    let evenly = |&delimiter: &u8| {
        let first = lines.first().map_or(0, |line| count(line, delimiter));
        first > 0 && lines.iter().all(|line| count(line, delimiter) == first)
    };
    let most = |delimiter: &u8| lines.first().map_or(0, |line| count(line, *delimiter));
    let candidates = [b'\t', b';', b','];
    candidates.into_iter().find(evenly).or(candidates.into_iter().max_by_key(most)).unwrap_or(b',')
}

fn text(cell: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(cell.trim_ascii())
}

fn number(cell: &[u8]) -> Option<f64> {
    text(cell).parse().ok()
}

fn column_name(index: usize, cell: &[u8], is_header: bool) -> String {
    let name = text(cell);
    if is_header && !name.is_empty() { name.into_owned() } else { format!("column_{}", index + 1) }
}

fn check_names(path: &Path, columns: &[String]) -> Result<()> {
    let mut sorted: Vec<&String> = columns.iter().collect();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(Error::file(path, format!("two columns are named {:?}", pair[0])).help("rename one of them"))
        }
        None => Ok(()),
    }
}

/// The number in `cell`, or what is wrong with it and what to do.
fn finite(cell: &[u8]) -> Result<f64, (String, &'static str)> {
    let text = text(cell);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err((format!("{text} is not a finite number"), "fill in or remove what is missing")),
        Err(_) if text.is_empty() => {
            Err(("the cell is empty".to_string(), "fill in or remove what is missing"))
        }
        Err(_) if text.replace(',', ".").parse::<f64>().is_ok() => {
            Err((format!("{text:?} is not a number"), "write numbers with a decimal point"))
        }
        Err(_) => {
            let shown: String = text.chars().take(40).collect();
            Err((
                format!("{shown:?} is not a number"),
                "leave the column out, or turn its words into numbers",
            ))
        }
    }
}

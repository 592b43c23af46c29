//! Graphs as text: printed one node a line, and read back.
//!
//! ```
//! use cornu_graph::{Builder, Graph};
//! let b = Builder::new();
//! let (x, w) = (b.input("x", [4, 3]), b.parameter("w", [3, 2]));
//! let graph = b.build(&[("y", &x.matmul(&w).tanh())], &[]).unwrap();
//! let text = "\
//! input \"x\" : f32[4, 3]
//! parameter \"w\" : f32[3, 2]
//! %0 = input {index=0} : f32[4, 3]
//! %1 = parameter {index=0} : f32[3, 2]
//! %2 = dot(%0, %1) {a_batch=[], b_batch=[], a_contract=[1], b_contract=[0]} : f32[4, 2]
//! %3 = tanh(%2) : f32[4, 2]
//! output \"y\" = %3
//! ";
//! assert_eq!(graph.to_string(), text);
//! assert_eq!(Graph::parse(text).unwrap().to_string(), text);
//! ```
//!
//! Attributes called `shape` and `dtype` that the result's type repeats are left out. A node that
//! belongs to a part of a model ends in `in "part"`. Lines of the user's source are not kept.

use crate::graph::{Declaration, Graph, Id, Node, Type};
use crate::ops::{Attribute, Attributes, Op};
use crate::{DType, Error, Errors, Shape, verify};
use std::fmt;
use std::sync::Arc;

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Declaration { name, ty } in &self.inputs {
            writeln!(f, "input {name:?} : {ty}")?;
        }
        for Declaration { name, ty } in &self.parameters {
            writeln!(f, "parameter {name:?} : {ty}")?;
        }
        for (index, node) in self.nodes.iter().enumerate() {
            write!(f, "%{index} = ")?;
            write_node(f, node)?;
        }
        for (name, id) in &self.outputs {
            writeln!(f, "output {name:?} = {id}")?;
        }
        for (index, id) in &self.updates {
            writeln!(f, "update {index} = {id}")?;
        }
        Ok(())
    }
}

fn write_node(f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
    f.write_str(node.op.name())?;
    if !node.inputs.is_empty() {
        write_list(f, ('(', ')'), node.inputs.iter())?;
    }
    let attributes: Vec<_> =
        node.op.attributes().0.into_iter().filter(|(name, value)| !repeats(name, value, &node.ty)).collect();
    if !attributes.is_empty() {
        f.write_str(" {")?;
        for (i, (name, value)) in attributes.iter().enumerate() {
            write!(f, "{}{name}=", if i > 0 { ", " } else { "" })?;
            match value {
                Attribute::Int(value) => write!(f, "{value}")?,
                Attribute::Ints(values) => write_list(f, ('[', ']'), values.iter())?,
                // The shortest digits that are read back as the same `f32`.
                Attribute::Floats(values) if node.ty.dtype == DType::F32 => {
                    write_list(f, ('[', ']'), values.iter().map(|&v| format!("{:?}", v as f32)))?
                }
                Attribute::Floats(values) if !node.ty.dtype.is_float() => {
                    write_list(f, ('[', ']'), values.iter().map(|&v| v as i64))?
                }
                Attribute::Floats(values) => {
                    write_list(f, ('[', ']'), values.iter().map(|v| format!("{v:?}")))?
                }
                Attribute::DType(dtype) => write!(f, "{dtype}")?,
                Attribute::Text(text) => write!(f, "{text:?}")?,
            }
        }
        f.write_str("}")?;
    }
    write!(f, " : {}", node.ty)?;
    match &node.label {
        Some(label) => writeln!(f, " in {label:?}"),
        None => writeln!(f),
    }
}

fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    (open, close): (char, char),
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    write!(f, "{open}")?;
    for (i, item) in items.enumerate() {
        write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
    }
    write!(f, "{close}")
}

/// Whether an attribute says what the result's type says too.
fn repeats(name: &str, value: &Attribute, ty: &Type) -> bool {
    match value {
        Attribute::Ints(extents) => {
            name == "shape" && extents.iter().map(|&n| n as usize).eq(ty.shape.iter().copied())
        }
        Attribute::DType(dtype) => name == "dtype" && *dtype == ty.dtype,
        _ => false,
    }
}

impl Graph {
    /// Reads what a graph prints as. Empty lines, and lines that begin with `#`, are skipped.
    ///
    /// # Errors
    /// The first line that cannot be read; or, where all can, whatever keeps the graph from being
    /// well formed (see [`verify`]).
    pub fn parse(text: &str) -> Result<Graph, Errors> {
        let mut graph = Graph::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut cursor = Cursor { rest: line };
            read_line(&mut cursor, &mut graph)
                .and_then(|()| cursor.end())
                .map_err(|message| Errors::from(Error::new(format!("line {}: {message}", number + 1))))?;
        }
        verify(&graph)?;
        Ok(graph)
    }
}

impl std::str::FromStr for Graph {
    type Err = Errors;

    /// See [`Graph::parse`].
    fn from_str(text: &str) -> Result<Graph, Errors> {
        Graph::parse(text)
    }
}

fn read_line(c: &mut Cursor, graph: &mut Graph) -> Result<(), String> {
    if c.rest.starts_with('%') {
        let (id, next) = (c.id()?, graph.nodes.len());
        if id.index() != next {
            return Err(format!("the next node is %{next}, not {id}"));
        }
        c.expect("=")?;
        graph.nodes.push(read_node(c)?);
        return Ok(());
    }
    match c.word() {
        word @ ("input" | "parameter") => {
            let name = c.quoted()?;
            c.expect(":")?;
            let declaration = Declaration { name, ty: c.ty()? };
            match word {
                "input" => graph.inputs.push(declaration),
                _ => graph.parameters.push(declaration),
            }
        }
        "output" => {
            let name = c.quoted()?;
            c.expect("=")?;
            graph.outputs.push((name, c.id()?));
        }
        "update" => {
            let index = c.number()?.parse().map_err(|_| "an update names a parameter by its index")?;
            c.expect("=")?;
            graph.updates.push((index, c.id()?));
        }
        other => return Err(format!("expected a node, input, parameter, output or update, got `{other}`")),
    }
    Ok(())
}

fn read_node(c: &mut Cursor) -> Result<Node, String> {
    let name = c.word();
    let inputs = if c.take("(") { c.list(")", Cursor::id)? } else { Vec::new() };
    let mut attributes = match c.take("{") {
        true => Attributes(c.list("}", read_attribute)?),
        false => Attributes::default(),
    };
    c.expect(":")?;
    let ty = c.ty()?;
    let label = match c.take("in ") {
        true => Some(Arc::from(c.quoted()?)),
        false => None,
    };
    let has = |attributes: &Attributes, name: &str| attributes.0.iter().any(|(key, _)| key == name);
    if !has(&attributes, "shape") {
        attributes = attributes.ints("shape", &ty.shape);
    }
    if !has(&attributes, "dtype") {
        attributes = attributes.dtype("dtype", ty.dtype);
    }
    let op = Op::from_attributes(name, &attributes)?;
    Ok(Node { op, inputs: inputs.into(), ty, location: None, label })
}

fn read_attribute(c: &mut Cursor) -> Result<(String, Attribute), String> {
    let name = c.word().to_string();
    c.expect("=")?;
    let value = if c.take("[") {
        let words = c.list("]", |c| c.number().map(str::to_string))?;
        match words.iter().map(|word| word.parse()).collect::<Result<Vec<i64>, _>>() {
            Ok(integers) => Attribute::Ints(integers),
            Err(_) => Attribute::Floats(words.iter().map(|word| float(word)).collect::<Result<_, _>>()?),
        }
    } else if c.rest.starts_with('"') {
        Attribute::Text(c.quoted()?)
    } else if let Ok(word) = c.number() {
        Attribute::Int(word.parse().map_err(|_| format!("`{word}` is no whole number"))?)
    } else {
        Attribute::DType(c.word().parse()?)
    };
    Ok((name, value))
}

fn float(word: &str) -> Result<f64, String> {
    word.parse().map_err(|_| format!("`{word}` is no number"))
}

/// What is left of a line.
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Takes the characters for which `belongs` holds, and the space after them.
    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        taken
    }

    /// Takes `token` and the space after it, if it comes next.
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        match self.take(token) {
            true => Ok(()),
            false => Err(format!("expected `{token}`, got {}", self.shown())),
        }
    }

    fn end(&self) -> Result<(), String> {
        match self.rest.is_empty() {
            true => Ok(()),
            false => Err(format!("expected the end of the line, got {}", self.shown())),
        }
    }

    /// What comes next, cut short.
    fn shown(&self) -> String {
        match self.rest.char_indices().nth(20) {
            _ if self.rest.is_empty() => "the end of the line".into(),
            Some((end, _)) => format!("`{}...`", &self.rest[..end]),
            None => format!("`{}`", self.rest),
        }
    }

    fn word(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    /// The characters of a number: digits, signs, points, exponents; `inf` and `NaN`.
    fn number(&mut self) -> Result<&'a str, String> {
        let digits = self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        match digits || self.rest.starts_with("inf") || self.rest.starts_with("NaN") {
            true => Ok(self.take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))),
            false => Err(format!("expected a number, got {}", self.shown())),
        }
    }

    fn id(&mut self) -> Result<Id, String> {
        if !self.rest.starts_with('%') {
            return Err(format!("expected a node such as %0, got {}", self.shown()));
        }
        self.rest = &self.rest[1..];
        let word = self.take_while(|c| c.is_ascii_digit());
        word.parse().map(Id).map_err(|_| format!("`%{word}` is no node"))
    }

    fn ty(&mut self) -> Result<Type, String> {
        let dtype: DType = self.word().parse()?;
        self.expect("[")?;
        let extent = |c: &mut Cursor| {
            let word = c.number()?;
            word.parse::<usize>().map_err(|_| format!("`{word}` is no extent"))
        };
        Ok(Type::new(Shape::from(self.list("]", extent)?), dtype))
    }

    /// Items with commas between them, up to `close`.
    fn list<T>(
        &mut self,
        close: &str,
        item: impl Fn(&mut Cursor<'a>) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        if self.take(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.take(close) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }

    /// A string in quotes, with the escapes that Rust prints.
    fn quoted(&mut self) -> Result<String, String> {
        let unfinished = || "a name in quotes does not end".to_string();
        let Some(body) = self.rest.strip_prefix('"') else {
            return Err(format!("expected a name in quotes, got {}", self.shown()));
        };
        let mut text = String::new();
        let mut chars = body.chars();
        loop {
            match chars.next().ok_or_else(unfinished)? {
                '"' => break,
                '\\' => text.push(escaped(&mut chars)?),
                c => text.push(c),
            }
        }
        self.rest = chars.as_str().trim_start();
        Ok(text)
    }
}

/// The character that a backslash and what follows it stand for.
fn escaped(chars: &mut std::str::Chars) -> Result<char, String> {
    match chars.next() {
        Some('n') => Ok('\n'),
        Some('t') => Ok('\t'),
        Some('r') => Ok('\r'),
        Some('0') => Ok('\0'),
        Some(c @ ('\\' | '"' | '\'')) => Ok(c),
        Some('u') => {
            let (code, rest) = chars
                .as_str()
                .strip_prefix('{')
                .and_then(|rest| rest.split_once('}'))
                .ok_or("`\\u` is not followed by a code in braces")?;
            *chars = rest.chars();
            let code = u32::from_str_radix(code, 16).map_err(|_| format!("`{code}` is no code"))?;
            char::from_u32(code).ok_or_else(|| format!("there is no character {code:x}"))
        }
        other => Err(format!("`\\{}` is no escape", other.map_or(String::new(), String::from))),
    }
}

//! What commands print: aligned tables for people, JSON and CSV for programs. Rows go out as they come; a table holds
//! the first ones back to see how wide its columns are.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write};

use serde_json::Value;

/// Forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned columns
    Table,
    /// JSON: an array of objects, or one object
    Json,
    /// Comma-separated values with a header line (RFC 4180)
    Csv,
}

/// Rows that a table looks at before it fixes its columns' widths.
const ROWS_MEASURED: usize = 200;
/// A column is not made wider than this by what is in it.
const WIDTH_MAX: usize = 80;

/// Where and how to print.
pub struct Output<W: Write = BufWriter<Stdout>> {
    out: W,
    format: Format,
    colour: bool,
}

impl Output {
    /// Standard output; colours if that is a terminal and NO_COLOR is not set.
    pub fn of_process(format: Format) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = io::stdout().is_terminal() && !no_colour;
        Self::new(BufWriter::new(io::stdout()), format, colour)
    }
}

impl<W: Write> Output<W> {
    pub fn new(out: W, format: Format, colour: bool) -> Self {
        Self { out, format, colour }
    }
    pub fn format(&self) -> Format {
        self.format
    }
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// One thing, a line a field.
    pub fn record(&mut self, fields: &[(&str, Value)]) -> io::Result<()> {
        match self.format {
            Format::Json => {
                let body: Vec<_> = fields.iter().map(|(name, value)| format!("  {}: {value}", quoted(name))).collect();
                writeln!(self.out, "{{\n{}\n}}", body.join(",\n"))?;
            }
            Format::Csv => {
                let names: Vec<_> = fields.iter().map(|(name, _)| csv_text(name)).collect();
                let values: Vec<_> = fields.iter().map(|(_, value)| csv_text(&plain(value))).collect();
                write!(self.out, "{}\r\n{}\r\n", names.join(","), values.join(","))?;
            }
            Format::Table => {
                let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
                for (name, value) in fields {
                    let (before, after) = emphasis(self.colour);
                    let text = visible(&plain(value));
                    writeln!(self.out, "{}", format!("{before}{name:<width$}{after}  {text}").trim_end())?;
                }
            }
        }
        self.out.flush()
    }

    /// Text that is no data, and so is for people only.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        if self.format == Format::Table {
            self.out.write_all(text.as_bytes())?;
            self.out.flush()?;
        }
        Ok(())
    }

    /// A list, whose rows follow.
    pub fn list(self, columns: &[&'static str]) -> Lines<W> {
        Lines {
            out: self.out,
            format: self.format,
            colour: self.colour,
            columns: columns.to_vec(),
            held: Vec::new(),
            widths: Vec::new(),
            rows: 0,
            is_endless: false,
        }
    }

    /// A list that may never end: each row goes out at once, as JSON each in a line of its own.
    pub fn feed(self, columns: &[&'static str]) -> Lines<W> {
        Lines { is_endless: true, ..self.list(columns) }
    }
}

/// A list being printed.
pub struct Lines<W: Write = BufWriter<Stdout>> {
    out: W,
    format: Format,
    colour: bool,
    columns: Vec<&'static str>,
    /// Rows of a table whose widths are not known yet.
    held: Vec<Vec<String>>,
    widths: Vec<usize>,
    rows: u64,
    is_endless: bool,
}

impl<W: Write> Lines<W> {
    pub fn row(&mut self, cells: &[Value]) -> io::Result<()> {
        match self.format {
            Format::Json => self.object(cells)?,
            Format::Csv => {
                if self.rows == 0 {
                    self.csv_head()?;
                }
                let cells: Vec<_> = cells.iter().map(|cell| csv_text(&plain(cell))).collect();
                write!(self.out, "{}\r\n", cells.join(","))?;
            }
            Format::Table => {
                self.held.push(cells.iter().map(|cell| visible(&plain(cell))).collect());
                if self.is_endless || !self.widths.is_empty() || self.held.len() >= ROWS_MEASURED {
                    self.held_print()?;
                }
            }
        }
        self.rows += 1;
        if self.is_endless { self.out.flush() } else { Ok(()) }
    }

    /// What is printed of no rows at all, and what ends a list.
    pub fn end(mut self) -> io::Result<()> {
        match self.format {
            Format::Json if self.is_endless => {}
            Format::Json if self.rows == 0 => self.out.write_all(b"[]\n")?,
            Format::Json => self.out.write_all(b"\n]\n")?,
            Format::Csv if self.rows == 0 => self.csv_head()?,
            Format::Csv => {}
            Format::Table => self.held_print()?,
        }
        self.out.flush()
    }

    fn object(&mut self, cells: &[Value]) -> io::Result<()> {
        let fields: Vec<_> =
            self.columns.iter().zip(cells).map(|(name, cell)| format!("{}: {cell}", quoted(name))).collect();
        let fields = fields.join(", ");
        match (self.is_endless, self.rows) {
            (true, _) => writeln!(self.out, "{{{fields}}}"),
            (false, 0) => write!(self.out, "[\n  {{{fields}}}"),
            (false, _) => write!(self.out, ",\n  {{{fields}}}"),
        }
    }

    fn csv_head(&mut self) -> io::Result<()> {
        write!(self.out, "{}\r\n", self.columns.join(","))
    }

    fn held_print(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        if self.widths.is_empty() {
            let widest = |at: usize| {
                let cells = held.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
                cells.max().unwrap_or_default().min(WIDTH_MAX).max(self.columns[at].len())
            };
            self.widths = (0..self.columns.len()).map(widest).collect();
            let head: Vec<String> = self.columns.iter().map(|name| name.to_uppercase().replace('_', " ")).collect();
            let (before, after) = emphasis(self.colour);
            let head = aligned(&head, &self.widths);
            writeln!(self.out, "{before}{head}{after}")?;
        }
        for row in held {
            writeln!(self.out, "{}", aligned(&row, &self.widths))?;
        }
        Ok(())
    }
}

fn aligned(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

fn emphasis(colour: bool) -> (&'static str, &'static str) {
    if colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A value as text: nothing for null, texts bare.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a terminal would obey is shown instead.
pub fn visible(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

fn csv_text(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Format, Output};

    fn list(format: Format, rows: &[[Value; 2]]) -> String {
        let mut text = Vec::new();
        let mut lines = Output::new(&mut text, format, false).list(&["name", "file_count"]);
        for row in rows {
            lines.row(row).unwrap();
        }
        lines.end().unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn lists_in_each_form() {
        let rows = [[json!("a"), json!(1)], [json!("b,\"c\n\x1b[2J"), Value::Null]];
        assert_eq!(list(Format::Table, &rows), "NAME             FILE COUNT\na                1\nb,\"c\\n\\u{1b}[2J\n");
        assert_eq!(list(Format::Csv, &rows), "name,file_count\r\na,1\r\n\"b,\"\"c\n\x1b[2J\",\r\n");
        let back: Value = serde_json::from_str(&list(Format::Json, &rows)).unwrap();
        assert_eq!(back, json!([{"name": "a", "file_count": 1}, {"name": "b,\"c\n\x1b[2J", "file_count": null}]));
        let none = [Format::Table, Format::Csv, Format::Json].map(|format| list(format, &[]));
        assert_eq!(none, ["NAME  FILE COUNT\n", "name,file_count\r\n", "[]\n"]);
    }

    #[test]
    fn a_table_streams_when_it_knows_its_widths() {
        let rows: Vec<_> = (0..1_000).map(|at| [json!(format!("p{at}")), json!(at)]).collect();
        let text = list(Format::Table, &rows);
        assert_eq!(text.lines().count(), 1_001);
        assert!(text.ends_with("p999  999\n"), "{text}");
    }
}

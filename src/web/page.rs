//! The page to look at.

use std::fmt::Write as _;

use crate::telemetry::NodeStatus;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#222;\
background:#fff}h1{font-weight:600}dl{display:grid;grid-template-columns:max-content auto;gap:.3rem 1.5rem}dt{color:#666}\
dd{margin:0}.ok{color:#176b2c}.bad{color:#a11}@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}\
dt{color:#999}a{color:#8ab4f8}.ok{color:#7fd18f}.bad{color:#ff8a80}}";

/// The page as HTML. `problem` says why the node is not ready.
pub fn page(node: &NodeStatus, problem: Option<&str>) -> String {
    let state = match problem {
        None => "<dd class=\"ok\">ready</dd>".to_owned(),
        Some(problem) => format!("<dd class=\"bad\">not ready: {}</dd>", escaped(problem)),
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Skep</title><style>{STYLE}</style></head><body><h1>Skep</h1>\
         <p>A metastore for Hive's clients.</p><dl><dt>State</dt>{state}<dt>Version</dt><dd>{}</dd>\
         <dt>Store</dt><dd>{}</dd><dt>Up</dt><dd>{}</dd></dl><p><a href=\"/metrics\">Metrics</a> · \
         <a href=\"/healthz\">Health</a> · <a href=\"/readyz\">Readiness</a></p></body></html>\n",
        node.version(),
        node.store(),
        uptime(node.uptime_ms()),
    )
}

/// Days, hours, minutes and seconds, without leading zeros.
fn uptime(ms: u64) -> String {
    let seconds = ms / 1_000;
    let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    parts[first..].iter().map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                let _ = write!(html, "&#{};", u32::from(c));
            }
            _ => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::{escaped, uptime};

    #[test]
    fn uptime_is_short() {
        assert_eq!(uptime(0), "0 s");
        assert_eq!(uptime(61_999), "1 min 1 s");
        assert_eq!(uptime(90_000_000), "1 d 1 h 0 min 0 s");
    }

    #[test]
    fn a_problem_cannot_bring_markup() {
        assert_eq!(escaped("<b a='\"&"), "&#60;b a=&#39;&#34;&#38;");
    }
}

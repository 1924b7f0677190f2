//! The log: lines on standard error, for people or as JSON.

use std::io::{IsTerminal, stderr};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{ConfigError, Log, LogFormat};

/// Sends the process's log to standard error. Once a process; a second call is an error.
pub fn init(log: &Log) -> Result<(), ConfigError> {
    let subscriber = subscriber(log, stderr, stderr().is_terminal())?;
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|_| ConfigError::new("logging was set up twice in this process"))
}

/// The same with a writer of one's own. `colour` is for terminals.
pub fn subscriber<W>(log: &Log, writer: W, colour: bool) -> Result<Box<dyn Subscriber + Send + Sync>, ConfigError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.level)
        .map_err(|error| ConfigError::new(format!("log.level `{}`: {error}", log.level)))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colour);
    Ok(match log.format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).with_span_list(false).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::{Log, LogFormat, subscriber};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: &str, format: LogFormat) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { level: level.to_owned(), format };
        tracing::subscriber::with_default(subscriber(&log, move || writer.clone(), false).unwrap(), || {
            let span = tracing::info_span!("hms.call", method = "get_table");
            let _entered = span.enter();
            tracing::info!(rows = 3, "answered\n2026 INFO forged");
            tracing::debug!("not shown");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_is_one_object_a_line_with_the_fields_and_the_span() {
        let text = logged("info", LogFormat::Json);
        assert_eq!(text.lines().count(), 1, "{text}");
        let line = text.trim();
        assert!(line.starts_with('{') && line.ends_with('}'), "{line}");
        for part in [r#""rows":3"#, r#""message":"answered\n2026 INFO forged""#, r#""method":"get_table""#] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }

    #[test]
    fn text_shows_the_level_asked_for() {
        assert!(logged("info", LogFormat::Text).contains("answered"));
        assert_eq!(logged("warn", LogFormat::Text), "");
        assert!(logged("warn,skep=debug", LogFormat::Text).contains("not shown"));
    }

    #[test]
    fn a_wrong_level_is_told() {
        let log = Log { level: "skep=loud".to_owned(), format: LogFormat::Text };
        assert!(subscriber(&log, std::io::stderr, false).is_err_and(|error| error.to_string().contains("log.level")));
    }
}

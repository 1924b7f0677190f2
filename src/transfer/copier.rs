//! The walk over a metastore: once to copy, once more to compare. What is to be done with an object is decided in one
//! place, by its fields on both sides.

use std::sync::Mutex;

use super::canonical::TableAt;
use super::endpoint::{Endpoint, Side};
use super::error::CallError;
use super::fields::{Fields, differences};
use super::kept::is_due;
use super::options::Options;
use super::report::{Recorder, Report};

/// What a walk does with what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Says what a copy would do.
    Plan,
    Copy,
    /// Reports what differs.
    Compare,
}

/// What is to be done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is the same, or this walk changes nothing.
    Nothing,
    /// The target has something else of that name, which stays; what belongs to it stays too.
    Leave,
    Create,
    Alter,
}

pub struct Copier<'a> {
    pub source: &'a Endpoint,
    pub target: &'a Endpoint,
    pub options: &'a Options,
    pub recorder: &'a Recorder,
    pub mode: Mode,
    /// Materialized views, which come after the tables that they are made of.
    pub late: Mutex<Vec<TableAt>>,
}

/// Copies all that the options ask for. An error is one that ended the work; the report of what was done until then is
/// lost, the work is not: started again, it goes on.
pub async fn transfer(options: &Options, progress: Box<dyn Fn(&str) + Send + Sync>) -> Result<Report, CallError> {
    let user = options.user.as_deref();
    let source = Endpoint::open(&options.from, Side::Source, user).await?;
    let target = Endpoint::open(&options.to, Side::Target, user).await?;
    let report = Report {
        source: format!("{} ({})", options.from, source.version),
        target: format!("{} ({})", options.to, target.version),
        dry_run: options.dry_run,
        ..Report::default()
    };
    let recorder = &Recorder::new(report, progress);
    let (source, target) = (&source, &target);
    let walk = |mode| Copier { source, target, options, recorder, mode, late: Mutex::default() };
    walk(if options.dry_run { Mode::Plan } else { Mode::Copy }).walk().await?;
    if !options.dry_run {
        recorder.say("comparing");
        walk(Mode::Compare).walk().await?;
    }
    recorder.left_out_of(source).await?;
    Ok(recorder.take())
}

impl Copier<'_> {
    async fn walk(&self) -> Result<(), CallError> {
        let catalogs = self.catalogs().await?;
        self.connectors().await?;
        self.roles().await?;
        let databases = self.databases(&catalogs).await?;
        let mut tables = Vec::new();
        for (catalog, database) in &databases {
            tables.extend(self.tables_of(catalog, database).await?);
        }
        self.tables(&tables).await?;
        self.constraints(&tables).await?;
        for (catalog, database) in &databases {
            self.functions(catalog, database).await?;
        }
        self.privileges(&databases, &tables).await
    }

    /// Decides what to do with an object, and says so. `clash` tells why the target's is not the source's of an earlier
    /// time; None if it may be.
    pub fn step(
        &self,
        kind: &'static str,
        object: &str,
        source: &Fields,
        target: Option<&Fields>,
        clash: Option<String>,
    ) -> Step {
        let found = target.map(|target| differences(source, target));
        if self.mode == Mode::Compare {
            self.compare(kind, object, found);
            return Step::Nothing;
        }
        self.recorder.count(kind, |count| count.found += 1);
        let Some(found) = found else { return self.planned(Step::Create, kind, object) };
        if !found.iter().any(|difference| is_due(self.target, difference)) {
            self.recorder.count(kind, |count| count.unchanged += 1);
            return Step::Nothing;
        }
        match clash {
            Some(why) if !self.options.overwrite => {
                self.recorder.conflict(&format!("{kind} {object}"), why);
                Step::Leave
            }
            _ => self.planned(Step::Alter, kind, object),
        }
    }

    fn compare(&self, kind: &'static str, object: &str, found: Option<Vec<super::fields::FieldDifference>>) {
        self.recorder.count(kind, |count| count.compared += 1);
        let named = format!("{kind} {object}");
        let Some(found) = found else {
            return self.recorder.difference(&named, "(all of it)".to_owned(), Some("there".to_owned()), None);
        };
        for difference in found {
            let is_due = is_due(self.target, &difference);
            let (field, source, target) = difference;
            if is_due {
                self.recorder.difference(&named, field, source, target);
            } else {
                self.recorder.not_kept(kind, object, field, source, target);
            }
        }
    }

    fn planned(&self, step: Step, kind: &'static str, object: &str) -> Step {
        if self.mode != Mode::Plan {
            return step;
        }
        let created = step == Step::Create;
        self.recorder.count(kind, |count| if created { count.created += 1 } else { count.altered += 1 });
        self.recorder.say(&format!("would {} {kind} {object}", if created { "create" } else { "alter" }));
        Step::Nothing
    }

    /// Notes how a step went. True if it went well.
    pub fn did(
        &self,
        step: Step,
        kind: &'static str,
        object: &str,
        outcome: Result<(), CallError>,
    ) -> Result<bool, CallError> {
        match outcome {
            Ok(()) => {
                let created = step == Step::Create;
                self.recorder.count(kind, |count| if created { count.created += 1 } else { count.altered += 1 });
                self.recorder.say(&format!("{} {kind} {object}", if created { "created" } else { "altered" }));
                Ok(true)
            }
            Err(error) => self.recorder.failure(kind, object, error).map(|()| false),
        }
    }

    /// What was read; None if that failed, which is noted.
    pub fn read<T>(
        &self,
        kind: &'static str,
        object: &str,
        answer: Result<T, CallError>,
    ) -> Result<Option<T>, CallError> {
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.recorder.failure(kind, object, error).map(|()| None),
        }
    }
}

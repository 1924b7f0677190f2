//! The second look: at partitions that the listing of the table's location did not show, and at those that change.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_core::Result;

use super::compare::Lakeside;
use super::state::State;
use crate::etl::register::gather::Source;
use crate::etl::register::partitions::{Part, below};
use crate::etl::register::report::{Finding, Severity};
use crate::lake::{Lake, LakeFile, Look};
use crate::warehouse::Location;

/// Places that are listed at once.
const AT_ONCE: usize = 16;

/// What was seen of partitions without files in the listing.
#[derive(Debug, Default)]
pub(in crate::etl) struct Looks {
    /// Nothing is there.
    pub gone: Vec<String>,
    /// A directory without data files.
    pub empty: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Looks {
    /// Looks at the places of all known partitions that have no part yet; files of those that lie elsewhere become parts.
    pub async fn take(lake: &Lake, state: &State, lakeside: &mut Lakeside, sources: &mut Vec<Source>) -> Result<Self> {
        let unseen = state.known.keys().filter(|name| !name.is_empty() && !lakeside.parts.contains_key(*name));
        let places = unseen.map(|name| (name.clone(), state.place(name)));
        let mut seen = stream::iter(places.collect::<Vec<_>>())
            .map(|(name, place)| async move { lake.look(&place).await.map(|look| (name, place, look)) })
            .buffer_unordered(AT_ONCE);
        let mut looks = Self::default();
        while let Some((name, place, look)) = seen.try_next().await? {
            let is_inside = place.is_within(&state.location);
            match look {
                // The table's location did not show them: they lie where no partition's files are, or came just now.
                Look::Files(_) if is_inside => {
                    looks.warn(&place, "unclear", "it has files beside its own, or new ones");
                }
                Look::Files(files) => drop(lakeside.parts.insert(name, part(place, files, sources))),
                Look::Unclear(uri) => looks.warn(&place, "unclear", &format!("{uri} may be data")),
                Look::Empty => looks.empty.push(name),
                // That the table's location is there is asked elsewhere.
                Look::Unreachable if !is_inside => {
                    looks.warn(&place, "unreachable", "nor is the directory above it there; is a disk not mounted?");
                }
                Look::Absent | Look::Unreachable => looks.gone.push(name),
            }
        }
        looks.gone.sort_unstable();
        looks.empty.sort_unstable();
        Ok(looks)
    }

    fn warn(&mut self, place: &Location, code: &str, message: &str) {
        self.findings.push(Finding::new(Severity::Warning, place.to_string(), code, message));
    }

    /// Parts as they are now: since the first listing somebody may have registered what came since. Those without files
    /// are left to the next time.
    pub async fn again(
        lake: &Lake,
        parts: Vec<(String, Part)>,
        sources: &mut Vec<Source>,
    ) -> Result<BTreeMap<String, Part>> {
        let mut seen = stream::iter(parts)
            .map(|(name, was)| async move { lake.look(&was.location).await.map(|look| (name, was, look)) })
            .buffer_unordered(AT_ONCE);
        let mut all = BTreeMap::new();
        while let Some((name, was, look)) = seen.try_next().await? {
            if let Look::Files(mut files) = look {
                // Engines read a partition's own directory; what lies deeper is its only where that was so before.
                let is_deep = |file: &Location| below(file, &was.location).contains('/');
                if !was.files.iter().any(|at| is_deep(&sources[*at].file.location)) {
                    files.retain(|file| !is_deep(&file.location));
                }
                all.insert(name, Part { values: was.values, ..part(was.location, files, sources) });
            }
        }
        Ok(all)
    }
}

/// Files of one place as a part of their own.
fn part(location: Location, mut files: Vec<LakeFile>, sources: &mut Vec<Source>) -> Part {
    files.sort_by(|one, other| one.location.cmp(&other.location));
    let prefix = Arc::new(location.clone());
    let first = sources.len();
    sources.extend(files.into_iter().map(|file| Source { file, prefix: Arc::clone(&prefix) }));
    Part { values: Vec::new(), location, files: (first..sources.len()).collect() }
}

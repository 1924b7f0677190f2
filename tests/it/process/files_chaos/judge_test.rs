//! The judge finds what is wrong, and nothing else.

use super::families::{Kind, families};
use super::judge::{Fault, Live, judge};
use super::model::{Entry, Expected, Origin, Sharing, State};
use super::places::Found;

/// A warehouse as a test makes it.
struct Field {
    state: State,
    live: Vec<Live>,
    found: Vec<Found>,
}

impl Field {
    fn new() -> Self {
        Self { state: State::new(families()), live: Vec::new(), found: Vec::new() }
    }

    /// An object of the first family of a kind; it lives if it has a place.
    fn object(&mut self, kind: Kind, sharing: Sharing, place: Option<&str>) -> u32 {
        let family = self.state.families.iter().find(|family| family.kind == kind).unwrap().number;
        let object = self.state.object(family, 5, false, sharing, Origin::Made);
        if let Some(place) = place {
            self.state.seen(object, place);
            let name = format!("t{object}");
            self.live.push(Live { object, name, place: place.to_owned(), holds_files: true });
        }
        object
    }

    /// A file that was written to an object at a place.
    fn file(&mut self, object: u32, place: &str, expected: Expected) -> u64 {
        let number = self.state.file_number();
        self.state.seen(object, place);
        self.state.written(number, Entry { object, expected, uri: format!("{place}/f-{number}"), written: 6 });
        number
    }

    fn lies(&mut self, number: u64, place: &str) {
        let object = self.state.files[&number].object;
        self.found.push(Found { uri: format!("{place}/f-{number}"), number: Some(number), content: Some(object) });
    }

    fn faults(&self) -> Vec<Fault> {
        judge(&self.state, &self.live, &self.found).complaints.iter().map(|one| one.fault).collect()
    }
}

#[test]
fn what_lies_where_it_was_written_is_good() {
    let mut field = Field::new();
    let table = field.object(Kind::Managed, Sharing::Never, Some("file:/w/t"));
    let file = field.file(table, "file:/w/t", Expected::Present);
    field.lies(file, "file:/w/t");
    let emptied = field.file(table, "file:/w/t", Expected::Absent);
    assert!(field.faults().is_empty());
    // It moved, and so did its file.
    field.live[0].place = "file:/w/u".to_owned();
    field.found[0].uri = format!("file:/w/u/f-{file}");
    assert!(field.faults().is_empty());
    field.lies(emptied, "file:/w/u");
    assert_eq!(field.faults(), [Fault::LeftOver]);
}

#[test]
fn what_is_missing_is_lost() {
    let mut field = Field::new();
    let table = field.object(Kind::Managed, Sharing::Never, Some("file:/w/t"));
    let file = field.file(table, "file:/w/t", Expected::Present);
    field.file(table, "file:/w/t", Expected::Either);
    assert_eq!(field.faults(), [Fault::Lost]);
    // It lies elsewhere: that is one fault, not two.
    field.lies(file, "file:/w/u");
    assert_eq!(field.faults(), [Fault::Lost]);
    field.found[0] = Found { uri: format!("file:/w/t/f-{file}"), number: Some(file), content: None };
    assert_eq!(field.faults(), [Fault::Lost]);
    // Nobody dropped its object.
    field.live.clear();
    field.found.clear();
    assert_eq!(field.faults(), [Fault::Lost]);
}

#[test]
fn what_was_dropped_is_left_over_or_foreign() {
    let mut field = Field::new();
    let dropped = field.object(Kind::Managed, Sharing::Never, None);
    field.state.knowledge[0].met.ended = 7;
    let file = field.file(dropped, "s3://lake/managed/t", Expected::Present);
    field.lies(file, "s3://lake/managed/t");
    assert_eq!(field.faults(), [Fault::LeftOver]);
    field.object(Kind::Managed, Sharing::Never, Some("s3://lake/managed/t"));
    assert_eq!(field.faults(), [Fault::Foreign]);
}

#[test]
fn two_at_one_place_are_foreign_to_each_other_unless_they_share_it() {
    for (sharing, faults) in [(Sharing::Never, vec![Fault::Foreign]), (Sharing::Pool, vec![])] {
        let mut field = Field::new();
        let one = field.object(Kind::Managed, sharing, Some("s3://lake/managed/t"));
        field.object(Kind::Managed, Sharing::Never, Some("s3://lake/managed/t"));
        let file = field.file(one, "s3://lake/managed/t", Expected::Present);
        field.lies(file, "s3://lake/managed/t");
        assert_eq!(field.faults(), faults, "{sharing:?}");
    }
}

#[test]
fn the_last_one_to_leave_a_shared_place_deletes() {
    let mut field = Field::new();
    let place = "file:/w/places/sm1";
    let left = field.object(Kind::Managed, Sharing::Pool, None);
    field.state.knowledge[0].met.ended = 7;
    let file = field.file(left, place, Expected::Present);
    field.lies(file, place);
    assert_eq!(field.faults(), [Fault::LeftOver]);
    field.object(Kind::Managed, Sharing::Pool, Some(place));
    assert!(field.faults().is_empty());
}

#[test]
fn data_of_external_tables_stays() {
    let mut field = Field::new();
    let external = field.object(Kind::External, Sharing::Never, None);
    let family = field.state.objects[&external].family;
    field.state.knowledge[family].met.ended = 7;
    let file = field.file(external, "file:/w/e", Expected::Present);
    assert_eq!(field.faults(), [Fault::Lost]);
    field.lies(file, "file:/w/e");
    assert!(field.faults().is_empty());
    // A table of the same name sees it, one of another does not.
    field.object(Kind::External, Sharing::Never, Some("file:/w/e"));
    assert!(field.faults().is_empty());
    field.live.clear();
    field.object(Kind::Managed, Sharing::Never, Some("file:/w/e"));
    assert_eq!(field.faults(), [Fault::Foreign]);
}

#[test]
fn a_partition_that_a_race_renamed_has_the_files_of_any() {
    let mut field = Field::new();
    let before = field.object(Kind::Managed, Sharing::Never, None);
    field.state.knowledge[0].met.ended = 7;
    let file = field.file(before, "file:/w/t/dt=1/h=1", Expected::Either);
    let after = field.object(Kind::Managed, Sharing::Never, Some("file:/w/t/dt=1/h=2"));
    field.lies(file, "file:/w/t/dt=1/h=2");
    assert_eq!(field.faults(), [Fault::Foreign]);
    field.state.objects.get_mut(&after).unwrap().origin = Origin::Raced;
    assert!(field.faults().is_empty());
}

//! One client: it chooses an operation, takes the family's lock, and calls the nodes by turns.

use std::sync::atomic::Ordering;
use std::time::Duration;

use skep_thrift::{Method, methods as m, types as t};

use super::calls::{Answered, Caller, Lost};
use super::families::{Family, Name, databases};
use super::locks::{Group, Held};
use super::mix::Operation;
use super::model::{Entry, Expected, Origin, Sharing};
use super::nodes::{POLL, wait_until};
use super::random::Random;
use super::world::World;

/// Families that are chosen more often than others, so that calls meet.
const HOT: [usize; 7] = [0, 1, 2, 3, 4, 20, 21];
/// Files of one object at a time.
const FILES_MAX: usize = 12;
/// The longest time that Postgres or a family is waited for.
const WAIT_MAX: Duration = Duration::from_mins(2);

pub struct Actor<'w> {
    pub world: &'w World,
    pub random: Random,
    number: u32,
    callers: Vec<Option<Caller<'w>>>,
    /// The number of the operation that is under way.
    pub operation: u64,
}

/// What an operation that several locks belong to came to.
pub type Done = Result<(), Lost>;

impl<'w> Actor<'w> {
    pub fn new(world: &'w World, number: u32, random: Random) -> Self {
        let callers = (0..world.nodes.count()).map(|_| None).collect();
        Self { world, random, number, callers, operation: 0 }
    }

    /// Does one operation. Where a family is locked by the other group, it chooses again.
    pub fn step(&mut self) {
        wait_until(WAIT_MAX, "an operation that no lock keeps from being done", || {
            if self.world.is_paused.load(Ordering::SeqCst) {
                return false;
            }
            self.world.doubts_settle();
            (0..8).any(|_| {
                let operation = self.world.mix.next(&mut self.random, self.world.is_storm.load(Ordering::SeqCst));
                self.attempt(operation)
            })
        });
    }

    fn attempt(&mut self, operation: Operation) -> bool {
        match operation {
            Operation::Write => self.write_any(),
            Operation::Create => self.create(),
            Operation::CreateAt => self.create_at(),
            Operation::Drop => self.drop_any(),
            Operation::Rename => self.rename_any(),
            Operation::Swap => self.swap(),
            Operation::SwapNames => self.swap_names(),
            Operation::Replace => self.replace(),
            Operation::Truncate => self.truncate(false),
            Operation::AddPartition => self.add_any(),
            Operation::AddPartitionAt => self.add_at(),
            Operation::DropPartition => self.drop_partition(),
            Operation::RenamePartition => self.rename_partition(),
            Operation::Exchange => self.exchange(),
            Operation::TruncatePartition => self.truncate(true),
            Operation::Commit => self.commit(),
            Operation::DropDatabase => self.drop_database(),
            Operation::Restore => self.restore(),
            Operation::Register => self.register(),
            Operation::RegisterInstead => self.register_instead(),
            Operation::Discover => self.discover(),
            Operation::Quarantine => self.quarantine(),
            Operation::Publish => self.publish(),
            Operation::Log => self.log(),
        }
    }

    /// Chooses a family of those that `fits` takes.
    pub fn family(&mut self, fits: impl Fn(&Family) -> bool) -> Family {
        loop {
            let all = &self.world.families;
            let number = if self.random.percent(40) { *self.random.pick(&HOT) } else { self.random.below(all.len()) };
            if fits(&all[number]) {
                return all[number];
            }
        }
    }

    /// Runs an operation under a family's lock; false if the other group has it.
    pub fn with_lock(&mut self, family: &Family, group: Group, run: impl FnOnce(&mut Self, &Held) -> Done) -> bool {
        let Some(held) = self.world.locks.try_hold(family.number, group) else { return false };
        self.begin();
        self.under(held, run);
        true
    }

    /// Gives the client's number.
    pub fn me(&self) -> u32 {
        self.number
    }

    /// Counts an operation that begins.
    pub fn begin(&mut self) {
        self.operation = self.world.begun.fetch_add(1, Ordering::SeqCst) + 1;
    }

    /// Runs a part of an operation under locks, and keeps these where an answer is lost. Says whether all was answered.
    pub fn under(&mut self, held: Held, run: impl FnOnce(&mut Self, &Held) -> Done) -> bool {
        match run(self, &held) {
            Ok(()) => true,
            Err(Lost(address)) => {
                self.world.doubt(address, held);
                false
            }
        }
    }

    /// Runs the next part of an operation of several parts, as soon as the family's lock is free; false if it never
    /// was, or an answer was lost.
    pub fn then(&mut self, family: &Family, group: Group, run: impl FnOnce(&mut Self, &Held) -> Done) -> bool {
        for _ in 0..200 {
            if let Some(held) = self.world.locks.try_hold(family.number, group) {
                return self.under(held, run);
            }
            std::thread::sleep(POLL);
        }
        false
    }

    /// Gives the connection to a node that runs.
    pub fn caller(&mut self) -> &mut Caller<'w> {
        let address = self.world.nodes.any(&mut self.random);
        let world = self.world;
        let caller = &mut self.callers[address.node];
        if caller.as_ref().is_none_or(|caller| caller.address != address) {
            *caller = None;
        }
        caller.get_or_insert_with(|| Caller::new(world, address))
    }

    /// Calls by Thrift and notes it in the family's history.
    pub fn call<M: Method>(&mut self, family: &Family, what: &str, args: &M::Args) -> Answered<M::Reply>
    where
        M::Reply: std::fmt::Debug,
    {
        let caller = self.caller();
        let node = caller.address.node;
        let answered = caller.thrift::<M>(args);
        self.tell(family, node, what, &answered);
        answered
    }

    pub fn tell<R>(&self, family: &Family, node: usize, what: &str, answered: &Answered<R>) {
        let outcome = match answered {
            Ok(Ok(_)) => "done".to_owned(),
            Ok(Err(refused)) => format!("refused: {}", refused.chars().take(160).collect::<String>()),
            Err(_) => "answer lost".to_owned(),
        };
        let line = format!("{} client {} node {node}: {what}: {outcome}", self.operation, self.number);
        self.world.model.lock().tell(family.number, line);
    }

    /// Chooses a name that a table of the family may have; mostly one that was used.
    pub fn name(&mut self, family: &Family) -> Name {
        let known: Vec<Name> = self.world.model.lock().knowledge[family.number].names.iter().cloned().collect();
        if known.is_empty() || (!self.world.mix.names_once && self.random.percent(10)) {
            return self.random.pick(&family.names()).clone();
        }
        self.random.pick(&known).clone()
    }

    /// Chooses a name for a new table.
    pub fn name_new(&mut self, family: &Family) -> Name {
        if self.world.mix.names_once {
            let database = self.random.below(2);
            return family.name_once(database, self.operation);
        }
        self.random.pick(&family.names()).clone()
    }

    /// Notes that the call which is under way may end objects of these families.
    pub fn may_end(&self, families: &[usize]) {
        let (mut state, now) = (self.world.model.lock(), self.world.now());
        for family in families {
            state.knowledge[*family].met.ended = now;
        }
    }

    /// Notes that the call which is under way may move files between objects, or empty places.
    pub fn may_move(&self, family: &Family) {
        self.world.model.lock().knowledge[family.number].met.moved = self.world.now();
    }

    /// Makes an object that is about to be created.
    pub fn object(&self, family: &Family, is_partition: bool, sharing: Sharing, origin: Origin) -> u32 {
        self.world.model.lock().object(family.number, self.operation, is_partition, sharing, origin)
    }

    /// Creates the database if it is not there.
    pub fn create_database(&mut self, family: &Family, name: &str) -> Done {
        let place = self.world.database_place(name);
        let database = t::Database {
            name: Some(name.to_owned()),
            location_uri: place.clone(),
            managed_location_uri: place,
            ..Default::default()
        };
        let args = m::CreateDatabaseArgs { database: Some(database) };
        self.call::<m::CreateDatabase>(family, &format!("create database {name}"), &args).map(drop)
    }

    fn write_any(&mut self) -> bool {
        let family = self.family(|_| true);
        self.with_lock(&family, Group::Files, |me, _| {
            let name = me.name(&family);
            me.write(&family, &name)
        })
    }

    /// Writes a file into a table, or into a partition of it, where the metastore says that it lies.
    pub fn write(&mut self, family: &Family, name: &Name) -> Done {
        let (object, place, what) = if family.is_partitioned {
            let values = self.values(family, name);
            let Some(found) = self.caller().partition(name, &values)? else { return Ok(()) };
            (found.object, found.place, format!("{name} {}", values.join("/")))
        } else {
            let Some(found) = self.caller().table(name)? else { return Ok(()) };
            (found.object, found.place, name.to_string())
        };
        let number = {
            let mut state = self.world.model.lock();
            let is_full = state.counts.get(&object).is_some_and(|count| *count >= FILES_MAX);
            if is_full || !state.objects.contains_key(&object) {
                return Ok(());
            }
            state.file_number()
        };
        let written = self.world.places.write(&place, number, object, family.is_parquet());
        let mut state = self.world.model.lock();
        let outcome = match written {
            Ok(uri) => {
                let entry = Entry { object, expected: Expected::Present, uri, written: self.operation };
                state.written(number, entry);
                "done".to_owned()
            }
            Err(error) => error.to_string(),
        };
        let line = format!(
            "{} client {}: file {number} into {what}, object {object}, at {place}: {outcome}",
            self.operation, self.number
        );
        state.tell(family.number, line);
        Ok(())
    }

    fn drop_database(&mut self) -> bool {
        let family = self.family(|_| true);
        let name = self.random.pick(&databases(family.group)).clone();
        let all: Vec<Family> = self.world.families.iter().filter(|one| one.group == family.group).copied().collect();
        let numbers: Vec<usize> = all.iter().map(|one| one.number).collect();
        let held = self.world.locks.hold_all(numbers.clone());
        self.begin();
        let cascade = self.random.percent(70);
        self.under(held, |me, _| {
            let met = |me: &Self| {
                let mut state = me.world.model.lock();
                for number in &numbers {
                    state.knowledge[*number].met.database = me.world.now();
                }
            };
            met(me);
            let args = m::DropDatabaseArgs { name: Some(name.clone()), delete_data: true, cascade };
            let caller = me.caller();
            let node = caller.address.node;
            let answered = caller.thrift::<m::DropDatabase>(&args);
            let what = format!("drop database {name}{}", if cascade { " cascade" } else { "" });
            for one in &all {
                me.tell(one, node, &what, &answered);
            }
            met(me);
            if answered?.is_ok() { me.create_database(&family, &name) } else { Ok(()) }
        });
        true
    }
}

//! Operations on tables.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::table_service_client::TableServiceClient;
use skep_thrift::{methods as m, types as t};

use super::actor::{Actor, Done};
use super::calls::{Lost, OBJECT, grpc_name, thrift_table};
use super::families::{Family, Kind, Name};
use super::locks::{Group, Held};
use super::model::{Expected, Origin, Sharing};
use super::places::parent;

impl Actor<'_> {
    pub fn create(&mut self) -> bool {
        let family = self.family(|_| true);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name_new(&family);
            me.create_table(&family, &name, Sharing::Never, None).map(drop)
        })
    }

    /// Creates a table; makes its database where that is missing.
    pub fn create_table(
        &mut self,
        family: &Family,
        name: &Name,
        sharing: Sharing,
        place: Option<&str>,
    ) -> Result<bool, Lost> {
        let object = self.object(family, false, sharing, Origin::Made);
        {
            let mut state = self.world.model.lock();
            state.knowledge[family.number].names.insert(name.clone());
            if let Some(place) = place {
                state.given(object, place);
            }
        }
        let table = thrift_table(name, object, family.kind, family.is_partitioned, place);
        let args = m::CreateTableArgs { tbl: Some(table) };
        let what = format!("create {name}, object {object}{}", place.map_or(String::new(), |it| format!(", at {it}")));
        match self.call::<m::CreateTable>(family, &what, &args)? {
            Ok(()) => Ok(true),
            Err(refused) if refused.contains("database") => {
                self.create_database(family, &name.database)?;
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    pub fn create_at(&mut self) -> bool {
        let family = self.family(|_| true);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name_new(&family);
            let (place, sharing) = me.place_given(&family);
            me.create_table(&family, &name, sharing, Some(&place)).map(drop)
        })
    }

    /// Chooses a LOCATION: one of its own, one that others share, or one in, at or above another object's place.
    pub fn place_given(&mut self, family: &Family) -> (String, Sharing) {
        let base =
            if self.random.percent(50) { self.world.places.file_root() } else { super::places::S3_ROOT.to_owned() };
        let pool = self.random.below(3);
        match self.random.below(10) {
            0..=2 => (format!("{base}/places/u{}", self.operation), Sharing::Never),
            3..=5 if family.drops_data() && !family.is_partitioned => {
                (format!("{base}/places/sm{pool}"), Sharing::Pool)
            }
            3..=6 => {
                let below = ["", "/n", "/n/m", "/k"];
                (format!("{base}/places/sn{pool}{}", self.random.pick(&below)), Sharing::Pool)
            }
            _ => self.place_nested().unwrap_or_else(|| (format!("{base}/places/u{}", self.operation), Sharing::Never)),
        }
    }

    fn place_nested(&mut self) -> Option<(String, Sharing)> {
        let other = self.family(Family::may_be_nested);
        let places: Vec<String> = self.world.model.lock().knowledge[other.number].places.iter().cloned().collect();
        if places.is_empty() {
            return None;
        }
        let place = self.random.pick(&places).clone();
        let place = match self.random.below(4) {
            0 => place,
            // The directory of a partition's first key, not that of a database.
            1 if place.contains("/dt=") && place.contains("/h=") => parent(&place).to_owned(),
            _ => format!("{place}/n{}", self.operation),
        };
        Some((place, Sharing::Nested(other.number)))
    }

    pub fn drop_any(&mut self) -> bool {
        let family = self.family(|_| true);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name(&family);
            me.drop_table(&family, &name)
        })
    }

    pub fn drop_table(&mut self, family: &Family, name: &Name) -> Done {
        self.may_end(&[family.number]);
        let (dbname, table) = (Some(name.database.clone()), Some(name.table.clone()));
        let args = m::DropTableArgs { dbname, name: table, delete_data: true };
        let answered = self.call::<m::DropTable>(family, &format!("drop {name}"), &args);
        self.may_end(&[family.number]);
        if answered?.is_ok() && self.world.mix.names_once {
            self.world.model.lock().knowledge[family.number].names.remove(name);
        }
        Ok(())
    }

    pub fn rename_any(&mut self) -> bool {
        let family = self.family(|_| true);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let (from, to) = (me.name(&family), me.name_new(&family));
            me.rename(&family, &from, &to).map(drop)
        })
    }

    /// Renames a table: by Thrift only if it still is the object that was seen before, by gRPC whatever it is.
    pub fn rename(&mut self, family: &Family, from: &Name, to: &Name) -> Result<bool, Lost> {
        if from == to {
            return Ok(false);
        }
        self.world.model.lock().knowledge[family.number].names.insert(to.clone());
        let is_done = if self.random.percent(30) {
            let request =
                p::RenameTableRequest { name: grpc_name(from), new_name: grpc_name(to), ..Default::default() };
            let caller = self.caller();
            let node = caller.address.node;
            let answered =
                caller.grpc(|channel| async move { TableServiceClient::new(channel).rename_table(request).await });
            self.tell(family, node, &format!("rename {from} to {to} by gRPC"), &answered);
            answered?.is_ok()
        } else {
            let Some(found) = self.caller().table(from)? else { return Ok(false) };
            let object = found.object;
            let new =
                t::Table { db_name: Some(to.database.clone()), table_name: Some(to.table.clone()), ..found.definition };
            let condition = vec![
                ("expected_parameter_key".to_owned(), OBJECT.to_owned()),
                ("expected_parameter_value".to_owned(), object.to_string()),
            ];
            let args = m::AlterTableWithEnvironmentContextArgs {
                dbname: Some(from.database.clone()),
                tbl_name: Some(from.table.clone()),
                new_tbl: Some(new),
                environment_context: Some(t::EnvironmentContext { properties: Some(condition) }),
            };
            let what = format!("rename {from} to {to}, object {object}");
            self.call::<m::AlterTableWithEnvironmentContext>(family, &what, &args)?.is_ok()
        };
        // Where it lies now is remembered by asking.
        if is_done {
            self.caller().table(to)?;
        }
        Ok(is_done)
    }

    /// Chooses different names of a family.
    fn names_distinct<const N: usize>(&mut self, family: &Family) -> [Name; N] {
        let mut all = family.names();
        std::array::from_fn(|_| {
            let at = self.random.below(all.len());
            all.swap_remove(at)
        })
    }

    /// The daily swap: a new table is filled, the old one dropped, and the new one gets its name.
    pub fn swap(&mut self) -> bool {
        let family = self.family(|_| true);
        let [name, new] = self.names_distinct(&family);
        let begun = self.with_lock(&family, Group::Ddl, |me, _| {
            me.create_table(&family, &new, Sharing::Never, None)?;
            if family.is_partitioned { me.add(&family, &new) } else { Ok(()) }
        });
        if begun && self.then(&family, Group::Files, |me, _| me.write(&family, &new)) {
            let is_swapped = self.then(&family, Group::Ddl, |me, _| {
                me.drop_table(&family, &name)?;
                me.rename(&family, &new, &name).map(drop)
            });
            if is_swapped {
                self.then(&family, Group::Files, |me, _| me.write(&family, &name));
            }
        }
        begun
    }

    /// The exchange of names: the table gives its name to another one and keeps an old one's.
    pub fn swap_names(&mut self) -> bool {
        let family = self.family(|_| true);
        let [name, old, new] = self.names_distinct(&family);
        self.with_lock(&family, Group::Ddl, |me, _| {
            me.rename(&family, &name, &old)?;
            me.rename(&family, &new, &name).map(drop)
        })
    }

    /// Renames a table, makes another one of its name, fills that, and drops the renamed one.
    pub fn replace(&mut self) -> bool {
        let family = self.family(|_| true);
        let [name, old] = self.names_distinct(&family);
        let begun = self.with_lock(&family, Group::Ddl, |me, _| {
            me.rename(&family, &name, &old)?;
            me.create_table(&family, &name, Sharing::Never, None)?;
            if family.is_partitioned { me.add(&family, &name) } else { Ok(()) }
        });
        if begun && self.then(&family, Group::Files, |me, _| me.write(&family, &name)) {
            self.then(&family, Group::Ddl, |me, _| me.drop_table(&family, &old));
        }
        begun
    }

    /// Empties a table or, with `of_partition`, one partition.
    pub fn truncate(&mut self, of_partition: bool) -> bool {
        let family = self.family(|family| family.is_partitioned == of_partition || !of_partition);
        self.with_lock(&family, Group::Ddl, |me, held| {
            let name = me.name(&family);
            let values = of_partition.then(|| me.values(&family, &name));
            me.truncate_table(&family, &name, values.as_ref(), held)
        })
    }

    fn truncate_table(&mut self, family: &Family, name: &Name, values: Option<&[String; 2]>, held: &Held) -> Done {
        let mut met = Vec::new();
        if let Some(values) = values {
            met.extend(self.caller().partition(name, values)?.map(|found| found.object));
        } else if family.is_partitioned {
            met.extend(self.caller().partitions(name)?.into_iter().map(|found| found.object));
        } else {
            met.extend(self.caller().table(name)?.map(|found| found.object));
        }
        self.may_move(family);
        // Whatever comes of it: files may go from now on.
        self.world.model.lock().expect(Expected::Either, |number, _| met.contains(&number));
        let part_names = values.map(|values| vec![super::families::partition_name(values)]);
        let what = format!(
            "truncate {name} {}, objects {met:?}",
            part_names.iter().flatten().fold(String::new(), |all, it| all + it)
        );
        let (db_name, table_name) = (Some(name.database.clone()), Some(name.table.clone()));
        let args = m::TruncateTableArgs { db_name, table_name, part_names };
        let answered = self.call::<m::TruncateTable>(family, &what, &args);
        self.may_move(family);
        let mut state = self.world.model.lock();
        if !held.was_alone() || answered.is_err() {
            let is_partition = family.is_partitioned;
            state.expect(Expected::Either, |_, object| {
                object.family == family.number && object.is_partition == is_partition
            });
        } else if matches!(answered, Ok(Ok(()))) && family.kind != Kind::External {
            state.expect(Expected::Absent, |number, _| met.contains(&number));
        }
        answered.map(drop)
    }
}

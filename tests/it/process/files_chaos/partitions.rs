//! Operations on partitions.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;
use skep_thrift::{methods as m, types as t};

use super::actor::{Actor, Done};
use super::calls::{OBJECT, grpc_name, grpc_partition, thrift_partition};
use super::families::{Family, Name, partition_name};
use super::locks::{Group, Held};
use super::model::{Expected, Origin, Sharing};

const DAYS: [&str; 2] = ["1", "2"];
const HOURS: [&str; 3] = ["1", "2", "3"];

impl Actor<'_> {
    /// Chooses the values of a partition that may be there.
    pub fn values(&mut self, family: &Family, name: &Name) -> [String; 2] {
        if self.world.mix.names_once {
            let state = self.world.model.lock();
            let known: Vec<[String; 2]> =
                state.knowledge[family.number].values.get(name).into_iter().flatten().cloned().collect();
            drop(state);
            return if known.is_empty() { ["0".to_owned(), "0".to_owned()] } else { self.random.pick(&known).clone() };
        }
        [(*self.random.pick(&DAYS)).to_owned(), (*self.random.pick(&HOURS)).to_owned()]
    }

    /// Chooses the values of a new partition.
    fn values_new(&mut self, family: &Family, name: &Name) -> [String; 2] {
        if !self.world.mix.names_once {
            return self.values(family, name);
        }
        let values = [self.operation.to_string(), self.random.below(1_000_000).to_string()];
        let mut state = self.world.model.lock();
        state.knowledge[family.number].values.entry(name.clone()).or_default().insert(values.clone());
        values
    }

    pub fn add_any(&mut self) -> bool {
        let family = self.family(|family| family.is_partitioned);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name(&family);
            me.add(&family, &name)
        })
    }

    /// Adds one to three partitions at their default places.
    pub fn add(&mut self, family: &Family, name: &Name) -> Done {
        let mut all: Vec<[String; 2]> = (0..=self.random.below(3)).map(|_| self.values_new(family, name)).collect();
        all.sort();
        all.dedup();
        let objects: Vec<u32> = all.iter().map(|_| self.object(family, true, Sharing::Never, Origin::Made)).collect();
        let names: Vec<String> = all.iter().map(partition_name).collect();
        let what = format!("add {name} {}, objects {objects:?}", names.join(" "));
        if self.random.percent(30) {
            let partitions = objects.iter().zip(&all).map(|(object, values)| grpc_partition(*object, values)).collect();
            let request = p::AddPartitionsRequest { table: grpc_name(name), partitions, ..Default::default() };
            let caller = self.caller();
            let node = caller.address.node;
            let answered = caller
                .grpc(|channel| async move { PartitionServiceClient::new(channel).add_partitions(request).await });
            self.tell(family, node, &what, &answered);
            return answered.map(drop);
        }
        let new = objects.iter().zip(&all).map(|(object, values)| thrift_partition(name, *object, values, None));
        let args = m::AddPartitionsArgs { new_parts: Some(new.collect()) };
        self.call::<m::AddPartitions>(family, &what, &args).map(drop)
    }

    pub fn add_at(&mut self) -> bool {
        let family = self.family(|family| family.is_partitioned);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name(&family);
            let values = me.values_new(&family, &name);
            let (place, sharing) = me.place_given(&family);
            let object = me.object(&family, true, sharing, Origin::Made);
            me.world.model.lock().given(object, &place);
            let args = m::AddPartitionArgs { new_part: Some(thrift_partition(&name, object, &values, Some(&place))) };
            let what = format!("add {name} {}, object {object}, at {place}", partition_name(&values));
            me.call::<m::AddPartition>(&family, &what, &args).map(drop)
        })
    }

    pub fn drop_partition(&mut self) -> bool {
        let family = self.family(|family| family.is_partitioned);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name(&family);
            let values = me.values(&family, &name);
            me.may_end(&[family.number]);
            let args = m::DropPartitionArgs {
                db_name: Some(name.database.clone()),
                tbl_name: Some(name.table.clone()),
                part_vals: Some(values.to_vec()),
                delete_data: true,
            };
            let what = format!("drop {name} {}", partition_name(&values));
            let answered = me.call::<m::DropPartition>(&family, &what, &args);
            me.may_end(&[family.number]);
            if answered?.is_ok() && me.world.mix.names_once {
                let mut state = me.world.model.lock();
                state.knowledge[family.number].values.entry(name).or_default().remove(&values);
            }
            Ok(())
        })
    }

    pub fn rename_partition(&mut self) -> bool {
        let family = self.family(|family| family.is_partitioned);
        self.with_lock(&family, Group::Ddl, |me, held| {
            let name = me.name(&family);
            let (from, to) = (me.values(&family, &name), me.values_new(&family, &name));
            if from == to {
                return Ok(());
            }
            me.rename_to(&family, &name, &from, &to, held)
        })
    }

    /// Renames a partition. The definition is sent anew, so that it becomes another object: the one that was seen if
    /// nobody else was there, else any of the family's.
    fn rename_to(&mut self, family: &Family, name: &Name, from: &[String; 2], to: &[String; 2], held: &Held) -> Done {
        let Some(found) = self.caller().partition(name, from)? else { return Ok(()) };
        // If others come in it is said below; until then nobody judges.
        let object = self.object(family, true, Sharing::Never, Origin::Renamed(found.object));
        self.may_end(&[family.number]);
        {
            let mut state = self.world.model.lock();
            if let Some(sharing) = state.objects.get(&found.object).map(|known| known.sharing) {
                state.objects.get_mut(&object).expect("just made").sharing = sharing;
            }
        }
        let mut new = found.definition;
        new.values = Some(to.to_vec());
        for (_, value) in new.parameters.iter_mut().flatten().filter(|(key, _)| key == OBJECT) {
            *value = object.to_string();
        }
        let args = m::RenamePartitionArgs {
            db_name: Some(name.database.clone()),
            tbl_name: Some(name.table.clone()),
            part_vals: Some(from.to_vec()),
            new_part: Some(new),
        };
        let (from, to) = (partition_name(from), partition_name(to));
        let what = format!("rename {name} {from} to {to}, object {} becomes {object}", found.object);
        let answered = self.call::<m::RenamePartition>(family, &what, &args);
        self.may_end(&[family.number]);
        let mut state = self.world.model.lock();
        if !held.was_alone() || answered.is_err() {
            state.objects.get_mut(&object).expect("just made").origin = Origin::Raced;
            state.expect(Expected::Either, |_, known| known.family == family.number && known.is_partition);
        } else if matches!(answered, Ok(Ok(()))) {
            state.hand_over(found.object, object);
            state.objects.get_mut(&object).expect("just made").origin = Origin::Made;
        }
        answered.map(drop)
    }

    /// Moves partitions from one table to another.
    pub fn exchange(&mut self) -> bool {
        let family = self.family(|family| family.is_partitioned);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let (source, target) = (me.name(&family), me.name(&family));
            if source == target {
                return Ok(());
            }
            let values = me.values(&family, &source);
            let mut specs = vec![("dt".to_owned(), values[0].clone())];
            if me.random.percent(70) {
                specs.push(("h".to_owned(), values[1].clone()));
            }
            me.may_move(&family);
            let what = format!("exchange {specs:?} of {source} with {target}");
            let args = m::ExchangePartitionsArgs {
                partition_specs: Some(specs),
                source_db: Some(source.database),
                source_table_name: Some(source.table),
                dest_db: Some(target.database),
                dest_table_name: Some(target.table),
            };
            let answered: super::calls::Answered<Vec<t::Partition>> =
                me.call::<m::ExchangePartitions>(&family, &what, &args);
            me.may_move(&family);
            answered.map(drop)
        })
    }
}

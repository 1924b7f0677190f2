//! Registration of Parquet files, their replacement, discovery, quarantine and publication.

use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::discovery_service_client::DiscoveryServiceClient;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;
use tonic::Status;
use tonic::transport::Channel;

use super::actor::{Actor, Done};
use super::calls::{Answered, grpc_name};
use super::families::{Family, Kind, Name, partition_name};
use super::judge::UNKNOWN;
use super::locks::Group;
use super::model::{Entry, Expected, Origin, Sharing};

/// What comes before the object's number in the user of a batch in quarantine.
pub const BATCH: &str = "chaos-";

async fn register(channel: Channel, request: p::RegisterRequest) -> Result<p::RegisterReport, Status> {
    let mut stream = RegistrationServiceClient::new(channel).register(request).await?.into_inner();
    while let Some(message) = stream.message().await? {
        if let Some(p::register_response::Event::Report(report)) = message.event {
            return Ok(report);
        }
    }
    Err(Status::unavailable("a registration without a report"))
}

async fn publish(channel: Channel, request: p::PublishRequest) -> Result<p::RegisterReport, Status> {
    let mut stream = RegistrationServiceClient::new(channel).publish(request).await?.into_inner();
    while let Some(message) = stream.message().await? {
        if let Some(p::publish_response::Event::Report(report)) = message.event {
            return Ok(report);
        }
    }
    Err(Status::unavailable("a publication without a report"))
}

async fn discover(channel: Channel, request: p::DiscoverRequest) -> Result<p::DiscoverReport, Status> {
    let mut stream = DiscoveryServiceClient::new(channel).discover(request).await?.into_inner();
    while let Some(message) = stream.message().await? {
        if let Some(p::discover_response::Event::Report(report)) = message.event {
            return Ok(report);
        }
    }
    Err(Status::unavailable("a discovery without a report"))
}

/// A partition that lies where its name says.
struct Usual {
    name: Name,
    values: [String; 2],
    object: u32,
    table_place: String,
    place: String,
}

impl Actor<'_> {
    /// Chooses a partition of a family that lies at its default place below its table.
    fn usual(&mut self, family: &Family) -> Result<Option<Usual>, super::calls::Lost> {
        let name = self.name(family);
        let values = self.values(family, &name);
        let Some(table) = self.caller().table(&name)? else { return Ok(None) };
        let Some(found) = self.caller().partition(&name, &values)? else { return Ok(None) };
        let is_usual = found.object != UNKNOWN && found.place == format!("{}/{}", table.place, partition_name(&values));
        let usual = Usual { name, values, object: found.object, table_place: table.place, place: found.place };
        Ok(is_usual.then_some(usual))
    }

    fn registering(&mut self, family: &Family, what: &str, request: p::RegisterRequest) -> Answered<p::RegisterReport> {
        let caller = self.caller();
        let node = caller.address.node;
        let answered = caller.ask(|channel| register(channel, request));
        let outcome = answered.as_ref().ok().and_then(|reply| reply.as_ref().ok()).map(|report| {
            let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
            format!("{:?} {codes:?}", report.outcome())
        });
        self.tell(family, node, &format!("{what}: {outcome:?}"), &answered);
        answered
    }

    /// Writes a file into a partition, and registers it.
    pub fn register(&mut self) -> bool {
        let family = self.family(Family::is_parquet);
        self.with_lock(&family, Group::Files, |me, _| {
            let Some(usual) = me.usual(&family)? else { return Ok(()) };
            let Some(uri) = me.write_at(&family, usual.object, &usual.place) else { return Ok(()) };
            let request =
                p::RegisterRequest { table: grpc_name(&usual.name), uris: vec![uri.clone()], ..Default::default() };
            let what = format!("register {uri} in {} {}", usual.name, usual.values.join("/"));
            me.registering(&family, &what, request).map(drop)
        })
    }

    /// Replaces the files of a partition by one that lies elsewhere. The old ones may stay where they are.
    pub fn register_instead(&mut self) -> bool {
        let family = self.family(Family::is_parquet);
        let Some(held) = self.world.locks.try_hold_alone(family.number) else { return false };
        self.begin();
        self.under(held, |me, _| {
            let Some(usual) = me.usual(&family)? else { return Ok(()) };
            let base = format!("{}/r{}", usual.table_place, me.operation);
            let place = format!("{base}/{}", partition_name(&usual.values));
            // Until it is known which files the partition has, all of them are of an object that never lives.
            let nobody = me.object(&family, true, Sharing::Pool, Origin::Made);
            let before = {
                let mut state = me.world.model.lock();
                let of_object = |(number, entry): (&u64, &Entry)| (entry.object == usual.object).then_some(*number);
                let before: Vec<u64> = state.files.iter().filter_map(of_object).collect();
                state.hand_over(usual.object, nobody);
                before
            };
            let Some(uri) = me.write_at(&family, nobody, &place) else { return Ok(()) };
            let request = p::RegisterRequest {
                table: grpc_name(&usual.name),
                uris: vec![uri.clone()],
                base,
                mode: p::RegisterMode::Replace.into(),
                ..Default::default()
            };
            let what = format!("replace the files of {} {} by {uri}", usual.name, usual.values.join("/"));
            let answered = me.registering(&family, &what, request);
            let mut state = me.world.model.lock();
            let is_done = match &answered {
                Ok(Ok(report)) => report.outcome() == p::RegisterOutcome::Registered,
                Ok(Err(_)) => false,
                Err(_) => return answered.map(drop),
            };
            let of_partition =
                |number: u64, entry: &Entry| is_done == (entry.uri == uri) && (is_done || before.contains(&number));
            for (number, entry) in state.files.iter_mut().filter(|(_, entry)| entry.object == nobody) {
                if of_partition(*number, entry) {
                    entry.object = usual.object;
                }
            }
            drop(state);
            answered.map(drop)
        });
        true
    }

    /// Holds a table against the lake: partitions without files go, and new ones come where nothing is ever deleted.
    pub fn discover(&mut self) -> bool {
        let family = self.family(Family::is_parquet);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name(&family);
            let request = p::DiscoverRequest {
                table: grpc_name(&name),
                add: family.kind == Kind::External,
                drop: true,
                sync: true,
                allow_drop_most: true,
                allow_missing_location: true,
                ..Default::default()
            };
            me.may_end(&[family.number]);
            let caller = me.caller();
            let node = caller.address.node;
            let answered = caller.ask(|channel| discover(channel, request));
            me.may_end(&[family.number]);
            let told = answered
                .as_ref()
                .ok()
                .and_then(|reply| reply.as_ref().ok())
                .map(|report| (report.partitions_added, report.partitions_dropped, report.partitions_synced));
            me.tell(&family, node, &format!("discover {name}: {told:?} added, dropped, synced"), &answered);
            answered.map(drop)
        })
    }

    /// Registers a good and a bad file of a partition's directory, so that the batch goes into quarantine.
    pub fn quarantine(&mut self) -> bool {
        let family = self.family(|family| family.is_parquet() && family.may_be_nested());
        self.with_lock(&family, Group::Files, |me, _| {
            let Some(usual) = me.usual(&family)? else { return Ok(()) };
            let batch = me.object(&family, true, Sharing::Nested(family.number), Origin::Made);
            me.world.model.lock().given(batch, &usual.place);
            let good = me.write_at(&family, batch, &usual.place);
            // What is no Parquet file is written as those of other families are.
            let bad = me.write_as(&family, batch, &usual.place, false);
            let (Some(good), Some(bad)) = (good, bad) else { return Ok(()) };
            let request = p::RegisterRequest {
                table: grpc_name(&usual.name),
                uris: vec![good.clone(), bad],
                quarantine: true,
                user: format!("{BATCH}{batch}"),
                ..Default::default()
            };
            let what = format!("quarantine of {good} in {} {}, object {batch}", usual.name, usual.values.join("/"));
            me.registering(&family, &what, request).map(drop)
        })
    }

    /// Publishes a batch in quarantine without its bad files, or forgets it.
    pub fn publish(&mut self) -> bool {
        let (list, caller) = (p::ListQuarantineRequest::default(), self.caller());
        let listed =
            caller.grpc(|channel| async move { RegistrationServiceClient::new(channel).list_quarantine(list).await });
        let Ok(Ok(listed)) = listed else { return false };
        if listed.batches.is_empty() {
            return false;
        }
        let batch = self.random.pick(&listed.batches).clone();
        let object: u32 = batch.user.strip_prefix(BATCH).and_then(|number| number.parse().ok()).unwrap_or_default();
        let family = self.world.model.lock().objects.get(&object).map(|known| known.family);
        let Some(family) = family.map(|number| self.world.families[number]) else { return false };
        self.with_lock(&family, Group::Ddl, |me, _| me.publish_batch(&family, object, batch.quarantine_id))
    }

    fn publish_batch(&mut self, family: &Family, object: u32, quarantine_id: String) -> Done {
        self.may_end(&[family.number]);
        let is_kept = self.random.percent(60);
        let caller = self.caller();
        let node = caller.address.node;
        let answered: Answered<()> = if is_kept {
            let request = p::PublishRequest { quarantine_id, without_bad_files: true, ..Default::default() };
            caller.ask(|channel| publish(channel, request)).map(|reply| reply.map(drop))
        } else {
            let request = p::DropQuarantineRequest { quarantine_id };
            let answered = caller
                .grpc(|channel| async move { RegistrationServiceClient::new(channel).drop_quarantine(request).await });
            answered.map(|reply| reply.map(drop))
        };
        self.may_end(&[family.number]);
        self.tell(family, node, &format!("{} batch {object}", if is_kept { "publish" } else { "forget" }), &answered);
        answered.map(drop)
    }

    /// Writes a file of an object in the family's format; gives its URI.
    fn write_at(&mut self, family: &Family, object: u32, place: &str) -> Option<String> {
        self.write_as(family, object, place, family.is_parquet())
    }

    fn write_as(&mut self, family: &Family, object: u32, place: &str, is_parquet: bool) -> Option<String> {
        let number = self.world.model.lock().file_number();
        let written = self.world.places.write(place, number, object, is_parquet);
        let mut state = self.world.model.lock();
        let told = written.as_ref().map_or_else(ToString::to_string, |_| "done".to_owned());
        state.tell(
            family.number,
            format!("{} {}: file {number} of object {object} at {place}: {told}", self.operation, self.me()),
        );
        let uri = written.ok()?;
        let entry = Entry { object, expected: Expected::Present, uri: uri.clone(), written: self.operation };
        state.written(number, entry);
        Some(uri)
    }
}

//! Restoring earlier versions of external tables, whose files stay at a drop.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::version_service_client::VersionServiceClient;

use super::actor::Actor;
use super::calls::grpc_name;
use super::families::Kind;
use super::locks::Group;

impl Actor<'_> {
    /// Makes the table of a name what one of its last versions was.
    pub fn restore(&mut self) -> bool {
        let family = self.family(|family| family.is_partitioned && family.kind == Kind::External);
        self.with_lock(&family, Group::Ddl, |me, _| {
            let name = me.name(&family);
            let list = p::ListVersionsRequest { table: grpc_name(&name), page_size: 10, ..Default::default() };
            let caller = me.caller();
            let listed =
                caller.grpc(|channel| async move { VersionServiceClient::new(channel).list_versions(list).await })?;
            let Ok(listed) = listed else { return Ok(()) };
            let version = me.random.pick(&listed.versions).version;
            let request = p::RestoreVersionRequest {
                table: grpc_name(&name),
                as_of: Some(p::AsOf { state: Some(p::as_of::State::Version(version)) }),
                ..Default::default()
            };
            me.may_end(&[family.number]);
            let caller = me.caller();
            let node = caller.address.node;
            let answered =
                caller.grpc(|channel| async move { VersionServiceClient::new(channel).restore_version(request).await });
            me.may_end(&[family.number]);
            let outcome = answered
                .as_ref()
                .ok()
                .and_then(|reply| reply.as_ref().ok().map(skep_proto::admin::v1::RestoreVersionResponse::outcome));
            me.tell(&family, node, &format!("restore {name} to version {version}: {outcome:?}"), &answered);
            answered.map(drop)
        })
    }
}

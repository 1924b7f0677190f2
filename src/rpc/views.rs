//! `skep.admin.v1.ViewService`.

use skep_core::Kind;
use skep_core::table::Table;
use skep_core::view::ViewTexts;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::view_service_server::ViewService;
use tonic::{Request, Response, Status};

use super::convert::{columns_out, name_out};
use super::cx::Cx;
use super::error::{Answer, Refusal};
use super::front::Front;
use super::mutation::Mutation;
use crate::catalog::{TableRef, ViewCreate};

/// Calls of views.
pub struct Views(pub Front);

const CREATE: &str = "ViewService/CreateView";
const DROP: &str = "ViewService/DropView";

#[tonic::async_trait]
impl ViewService for Views {
    async fn create_view(
        &self,
        request: Request<p::CreateViewRequest>,
    ) -> Result<Response<p::CreateViewResponse>, Status> {
        self.0.change(CREATE, request, create).await
    }
    async fn get_view(&self, request: Request<p::GetViewRequest>) -> Result<Response<p::GetViewResponse>, Status> {
        self.0.call("ViewService/GetView", request, get).await
    }
    async fn drop_view(&self, request: Request<p::DropViewRequest>) -> Result<Response<p::DropViewResponse>, Status> {
        self.0.change(DROP, request, drop_one).await
    }
}

fn view_out(create: &ViewCreate, table: &Table, texts: Option<&ViewTexts>) -> p::View {
    let trino = texts.filter(|_| create.trino_catalog.is_some());
    p::View {
        name: Some(name_out(&create.at)),
        version: table.version,
        sql: create.sql.clone(),
        columns: columns_out(table.columns()),
        hive_text: table.view_expanded_text.clone().unwrap_or_default(),
        trino_text: trino.map(|texts| texts.trino.clone()).unwrap_or_default(),
        trino_catalog: create.trino_catalog.clone().unwrap_or_default(),
        owner: table.owner.clone(),
    }
}

/// What is wrong with a view is so with its definition, but for its name being taken.
fn at_field(refusal: Refusal) -> Refusal {
    refusal.at("sql")
}

async fn create(cx: Cx, request: p::CreateViewRequest) -> Answer<p::CreateViewResponse> {
    let mutation = Mutation::new(CREATE, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.name, "name")?;
    let trino_catalog = Some(request.trino_catalog).filter(|catalog| !catalog.is_empty());
    let create = ViewCreate { at: at.clone(), sql: request.sql, trino_catalog, replace: request.replace };
    if request.dry_run {
        let made = cx.metastore().view_check(&create).await.map_err(|error| at_field(error.into()))?;
        return Ok(p::CreateViewResponse { view: Some(view_out(&create, &made.table, Some(&made.texts))) });
    }
    let exists: Vec<TableRef> = match cx.metastore().table_get(&at).await {
        Ok(_) => vec![at],
        Err(_) => Vec::new(),
    };
    let made = mutation
        .run(&cx, &exists, |within| {
            let (create, caller) = (create.clone(), caller.clone());
            async move {
                let made = within.view_create(&caller, &create).await?;
                Ok(p::CreateViewResponse { view: Some(view_out(&create, &made.table, Some(&made.texts))) })
            }
        })
        .await;
    made.map_err(at_field)
}

async fn get(cx: Cx, request: p::GetViewRequest) -> Answer<p::GetViewResponse> {
    let at = cx.table(request.name, "name")?;
    let (create, table) = cx.metastore().view_get(&at).await?;
    let trino = table.view_original_text.as_deref().and_then(skep_core::event_log::trino_view_sql);
    let texts = ViewTexts { hive: String::new(), trino: trino.unwrap_or_default(), columns: Vec::new() };
    Ok(p::GetViewResponse { view: Some(view_out(&create, &table, Some(&texts))) })
}

async fn drop_one(cx: Cx, request: p::DropViewRequest) -> Answer<p::DropViewResponse> {
    let mutation = Mutation::new(DROP, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let at = cx.table(request.name, "name")?;
    mutation
        .run(&cx, std::slice::from_ref(&at), |within| {
            let (at, caller) = (at.clone(), caller.clone());
            async move {
                match within.view_drop(&caller, &at).await {
                    Err(error) if error.kind == Kind::NotFound && request.if_exists => {
                        Ok(p::DropViewResponse { dropped: false })
                    }
                    done => done.map(|()| p::DropViewResponse { dropped: true }),
                }
            }
        })
        .await
}

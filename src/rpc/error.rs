//! From errors to `google.rpc.Status`: the only place that knows which kind is which code, and what its details say.

use std::time::Duration;

use skep_core::{Error, Kind};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// What a handler gives.
pub type Answer<T> = Result<T, Refusal>;

/// Who says so, in ErrorInfo.
const DOMAIN: &str = "skep";
/// After a conflict or a break the same call may be made again so soon.
const RETRY: Duration = Duration::from_millis(200);

/// An error, and what of the request was wrong.
#[derive(Debug)]
pub struct Refusal {
    pub error: Error,
    /// The path of the field, `table.storage.serde`.
    field: Option<String>,
    /// A code that the kind does not say.
    code: Option<Code>,
    /// What it is about: the type of a resource and its name.
    resource: Option<(&'static str, String)>,
}

/// A field that is not as it must be.
pub fn refused_field(field: &str, message: impl Into<String>) -> Refusal {
    let message = format!("{field}: {}", message.into());
    Refusal::from(Error::new(Kind::InvalidInput, message)).at(field)
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, field: None, code: None, resource: None }
    }
}

impl Refusal {
    /// The field that is wrong, if the error is of the request at all and says nothing more exact.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        if self.field.is_none() && self.code() == Code::InvalidArgument {
            self.field = Some(field.to_owned());
        }
        self
    }

    /// The field that is wrong is a part of another one.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = self.field.map(|field| format!("{outer}.{field}"));
        self
    }

    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }

    /// What the call is about, if nothing more exact was said.
    #[must_use]
    pub fn about(mut self, resource: Option<(&'static str, String)>) -> Self {
        self.resource = self.resource.or(resource);
        self
    }

    pub fn code(&self) -> Code {
        self.code.unwrap_or_else(|| code(self.error.kind))
    }

    /// Whether it is our fault rather than the caller's.
    pub fn is_fault(&self) -> bool {
        matches!(self.error.kind, Kind::Lost | Kind::Unavailable | Kind::Corrupt | Kind::Internal)
    }

    pub fn status(self) -> Status {
        let code = self.code();
        let mut details = ErrorDetails::with_error_info(self.error.kind.as_str().to_uppercase(), DOMAIN, []);
        if let Some(field) = &self.field {
            details.add_bad_request_violation(field, self.error.message.as_ref());
        }
        if let (Code::NotFound | Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted, Some((kind, name))) =
            (code, self.resource)
        {
            details.set_resource_info(kind, name, "", "");
        }
        if matches!(self.error.kind, Kind::Conflict | Kind::Lost | Kind::Unavailable) {
            details.set_retry_info(Some(RETRY));
        }
        // What went wrong inside may name what is no client's business; the log has it.
        let inside = matches!(self.error.kind, Kind::Internal | Kind::Corrupt);
        let message = if inside { "internal error; the server's log says more" } else { &self.error.message };
        Status::with_error_details(code, message, details)
    }
}

fn code(kind: Kind) -> Code {
    match kind {
        Kind::NotFound
        | Kind::UnknownDatabase
        | Kind::UnknownTable
        | Kind::UnknownPartition
        | Kind::NoSuchLock
        | Kind::NoSuchTxn => Code::NotFound,
        Kind::AlreadyExists => Code::AlreadyExists,
        Kind::InvalidObject | Kind::Meta | Kind::ConfigValue | Kind::InvalidInput | Kind::InvalidPartition => {
            Code::InvalidArgument
        }
        Kind::InvalidOperation | Kind::Undeclared => Code::FailedPrecondition,
        Kind::TxnAborted | Kind::TxnOpen | Kind::Conflict => Code::Aborted,
        Kind::Lost | Kind::Unavailable => Code::Unavailable,
        Kind::Corrupt => Code::DataLoss,
        Kind::Internal => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use skep_core::{Error, Kind};
    use tonic::Code;
    use tonic_types::StatusExt as _;

    use super::{Refusal, refused_field};

    #[test]
    fn details_name_the_field() {
        let status = refused_field("table.name", "is empty").status();
        assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "table.name: is empty"));
        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, "INVALID_INPUT");
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "table.name");
        assert!(details.retry_info().is_none() && details.resource_info().is_none());
    }

    #[test]
    fn a_conflict_says_when_to_come_again_and_what_it_is_about() {
        let refusal = Refusal::from(Error::new(Kind::Conflict, "overtaken")).about(Some(("Table", "a.b.c".into())));
        let status = refusal.status();
        let details = status.get_error_details();
        assert_eq!(status.code(), Code::Aborted);
        assert!(details.retry_info().unwrap().retry_delay.is_some());
        assert_eq!(details.resource_info().unwrap().resource_name, "a.b.c");
    }

    #[test]
    fn what_went_wrong_inside_stays_inside() {
        let status = Refusal::from(Error::internal("password in here")).at("table").status();
        assert!(!status.message().contains("password"));
        assert!(status.get_error_details().bad_request().is_none());
    }
}

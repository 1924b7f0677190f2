use super::*;
use crate::warehouse::objects::{delete, exists, files_summary};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};
use object_store::path::Path as Key;
use object_store::{ObjectStore, StaticCredentialProvider};
use std::sync::Mutex;

/// A store that lists these keys to everybody, and remembers what else it is asked for.
#[derive(Debug, Clone)]
struct Fake {
    listing: String,
    /// The answer to a bulk deletion.
    deletion: &'static str,
    asked: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpConnector for Fake {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

impl HttpService for Fake {
    fn call<'a, 'f>(&'a self, request: HttpRequest) -> BoxFuture<'f, Result<HttpResponse, HttpError>>
    where
        'a: 'f,
        Self: 'f,
    {
        let is_listing = request.method() == "GET";
        if !is_listing {
            self.asked.lock().unwrap().push(request);
        }
        let answer = if is_listing { self.listing.clone() } else { self.deletion.to_owned() };
        Box::pin(async { Ok(HttpResponse::new(answer.into())) })
    }
}

impl Fake {
    fn s3(keys: &[&str]) -> Self {
        let entry = |key: &&str| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>2026-11-23T01:02:03.000Z</LastModified><Size>5</Size></Contents>"
            )
        };
        let entries: String = keys.iter().map(entry).collect();
        let listing = format!("<ListBucketResult>{entries}</ListBucketResult>");
        Self { listing, deletion: DONE, asked: Arc::default() }
    }

    fn connector(&self, api: KeyApi) -> KeyConnector {
        KeyConnector { api, inner: Arc::new(self.clone()) }
    }

    /// Methods and URIs.
    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let mut asked: Vec<String> = asked.iter().map(|one| format!("{} {}", one.method(), one.uri())).collect();
        asked.sort();
        asked
    }
}

const KEYS: [&str; 6] = ["t/", "t//y", "t/../q", "t/a b", "t/a%20b", "t/c&#13;&amp;d/"];

const DONE: &str = "<DeleteResult><Deleted><Key>t//y</Key></Deleted></DeleteResult>";

fn s3(fake: &Fake, bulk: bool) -> Arc<dyn ObjectStore> {
    let signature = KeySignature::default();
    let store = AmazonS3Builder::new()
        .with_bucket_name("b")
        .with_endpoint("http://s3")
        .with_access_key_id("who")
        .with_secret_access_key("secret")
        .with_config(AmazonS3ConfigKey::DisableBulkDelete, (!bulk).to_string())
        .with_http_connector(fake.connector(KeyApi::S3(signature.clone())))
        .build()
        .unwrap();
    signature.credentials_set(store.credentials());
    Arc::new(store)
}

fn prefix() -> Key {
    Key::parse("t").unwrap()
}

#[tokio::test]
async fn bulk_deletions_name_raw_keys_and_are_signed_anew() {
    let fake = Fake::s3(&KEYS);
    assert!(delete(s3(&fake, true).as_ref(), &prefix(), &[Key::parse("t/a b").unwrap()]).await.unwrap());
    assert_eq!(fake.asked(), ["POST http://s3/b?delete"]);
    let asked = fake.asked.lock().unwrap();
    let body = asked[0].body().as_bytes().unwrap();
    let keys = ["t/", "t//y", "t/../q", "t/a%20b", "t/c&#13;&#38;d/"];
    let objects: String = keys.map(|key| format!("<Object><Key>{key}</Key></Object>")).concat();
    let text = str::from_utf8(body).unwrap();
    assert!(text.ends_with(&format!("\">{objects}</Delete>")), "{text}");
    let header = |name: &str| asked[0].headers()[name].to_str().unwrap().to_owned();
    let mut again = asked[0].clone();
    KeySignature::body_set(&mut again, text.to_owned()).unwrap();
    assert_eq!(again.headers(), asked[0].headers(), "checksums are of the body that is sent");
    assert!(header("authorization").contains("Credential=who/"), "{}", header("authorization"));
    assert_eq!(asked[0].headers().get_all("authorization").iter().count(), 1);
}

#[tokio::test]
async fn a_refused_deletion_of_an_odd_key_is_an_error() {
    let refused =
        "<DeleteResult><Error><Key>t//y</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>";
    let fake = Fake { deletion: refused, ..Fake::s3(&KEYS) };
    let error = delete(s3(&fake, true).as_ref(), &prefix(), &[]).await.unwrap_err();
    assert!(error.to_string().contains("AccessDenied"), "{error}");
}

#[tokio::test]
async fn what_has_no_odd_key_is_sent_as_it_was_made() {
    let fake = Fake::s3(&["t/a", "t/b%2F", "u/odd"]);
    let store = s3(&fake, true);
    assert!(delete(store.as_ref(), &prefix(), &[]).await.unwrap());
    let body = fake.asked.lock().unwrap()[0].body().as_bytes().unwrap().clone();
    let text = str::from_utf8(&body).unwrap();
    assert!(text.ends_with("<Object><Key>t/a</Key></Object><Object><Key>t/b%2F</Key></Object></Delete>"), "{text}");
}

#[tokio::test]
async fn single_deletions_name_raw_keys_where_a_url_can() {
    let fake = Fake::s3(&KEYS);
    let error = delete(s3(&fake, false).as_ref(), &prefix(), &[]).await.unwrap_err();
    assert!(error.to_string().contains("\"t/../q\""), "{error}");
    let wanted = [
        "DELETE http://s3/b/t/",
        "DELETE http://s3/b/t//y",
        "DELETE http://s3/b/t/a%20b",
        "DELETE http://s3/b/t/a%2520b",
        "DELETE http://s3/b/t/c%0D%26d/",
    ];
    assert_eq!(fake.asked(), wanted, "all but the one that cannot be named");
}

#[tokio::test]
async fn google_deletes_all_keys() {
    let fake = Fake::s3(&KEYS);
    let store = GoogleCloudStorageBuilder::new()
        .with_bucket_name("b")
        .with_base_url("http://s3")
        .with_credentials(Arc::new(StaticCredentialProvider::new(GcpCredential { bearer: "x".to_owned() })))
        .with_http_connector(fake.connector(KeyApi::Gcs))
        .build()
        .unwrap();
    assert!(delete(&store, &prefix(), &[Key::parse("t/a b").unwrap()]).await.unwrap());
    let wanted = [
        "DELETE http://s3/b/t%2F",
        "DELETE http://s3/b/t%2F%2E%2E%2Fq",
        "DELETE http://s3/b/t%2F%2Fy",
        "DELETE http://s3/b/t%2Fa%2520b",
        "DELETE http://s3/b/t%2Fc%0D%26d%2F",
    ];
    assert_eq!(fake.asked(), wanted);
}

#[tokio::test]
async fn markers_and_odd_keys_say_that_something_is_there() {
    let seen = async |keys: &[&str]| {
        let store = s3(&Fake::s3(keys), true);
        let counted = files_summary(store.as_ref(), &prefix()).await.unwrap();
        (exists(store.as_ref(), &prefix()).await.unwrap(), counted.is_empty, counted.num_files, counted.total_size)
    };
    assert_eq!(seen(&KEYS).await, (true, false, 3, 15), "t//y, t/a b, t/a%20b");
    assert_eq!(seen(&["t/"]).await, (true, true, 0, 0));
    assert_eq!(seen(&["t/x/"]).await, (true, false, 0, 0));
    assert_eq!(seen(&["t/../q"]).await, (true, false, 0, 0));
    assert_eq!(seen(&[]).await, (false, true, 0, 0));
}

#[tokio::test]
async fn azure_lists_all_keys() {
    let blob = |name: &str| {
        format!(
            "<Blob><Name>{name}</Name><Properties><Last-Modified>Mon, 23 Nov 2026 01:02:03 GMT</Last-Modified>\
             <Content-Length>5</Content-Length><Content-Type>x</Content-Type></Properties></Blob>"
        )
    };
    let blobs: String = KEYS.map(blob).concat();
    let listing = format!("<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>");
    let fake = Fake { listing, deletion: DONE, asked: Arc::default() };
    let store = MicrosoftAzureBuilder::new()
        .with_account("a")
        .with_container_name("c")
        .with_skip_signature(true)
        .with_http_connector(fake.connector(KeyApi::Azure))
        .build()
        .unwrap();
    let counted = files_summary(&store, &prefix()).await.unwrap();
    assert_eq!((counted.num_files, counted.total_size), (3, 15));
}

#[tokio::test]
async fn answers_are_bounded() {
    let answer = |text: &str| HttpResponseBody::from(text.to_owned());
    assert_eq!(body_read(answer("12345"), 5).await.unwrap(), "12345");
    assert!(body_read(answer("123456"), 5).await.unwrap_err().to_string().contains("longer than 5 bytes"));
}

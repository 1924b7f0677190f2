//! A Postgres of the test's own, to be killed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::Connection as _;

pub struct Cluster {
    folder: PathBuf,
    port: u16,
}

fn script() -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres.sh"));
    // The database keeps what it inherits: a pipe of ours would never end.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Whether a process is there and no zombie.
fn is_alive(process: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

impl Cluster {
    pub fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder: folder.join("postgres"), port };
        cluster.restart();
        cluster
    }

    /// Starts it over what is there.
    pub fn restart(&self) {
        let status = script().arg("start").arg(&self.folder).arg(self.port.to_string()).status().unwrap();
        assert!(
            status.success(),
            "{}",
            std::fs::read_to_string(self.folder.join("data/server.log")).unwrap_or_default()
        );
    }

    pub fn url(&self) -> String {
        format!("postgres://skep@127.0.0.1:{}/postgres", self.port)
    }

    /// SIGKILL to all its processes, the first one first, so that none can tidy up after another.
    pub fn kill(&self) {
        let lock = self.folder.join("data/postmaster.pid");
        let main = std::fs::read_to_string(&lock).unwrap().lines().next().unwrap().to_owned();
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap();
        let all: Vec<_> = std::iter::once(main.as_str()).chain(children.split_whitespace()).collect();
        let command = format!("kill -9 {}; true", all.join(" "));
        assert!(Command::new("sh").args(["-c", &command]).stderr(Stdio::null()).status().unwrap().success());
        while all.iter().any(|process| is_alive(process)) {
            std::thread::yield_now();
        }
        // Where nobody reaps orphans, Postgres would take its dead for living.
        std::fs::remove_file(lock).unwrap();
        std::fs::remove_file(self.folder.join(format!("data/.s.PGSQL.{}.lock", self.port))).unwrap();
    }

    /// Waits until nobody but us is connected: until the last statements of a server that was killed are over.
    pub fn wait_alone(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = sqlx::PgConnection::connect(&self.url()).await.unwrap();
            let others = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
            while sqlx::query_scalar::<_, i64>(others).fetch_one(&mut connection).await.unwrap() > 0 {}
        });
    }

    /// Waits until the connections from these ports are over, with their last statements.
    pub fn wait_ended(&self, ports: &[u16]) {
        let ports: Vec<i32> = ports.iter().map(|port| i32::from(*port)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = sqlx::PgConnection::connect(&self.url()).await.unwrap();
            let of_ports = "select pid from pg_stat_activity where client_port = any($1)";
            let processes: Vec<i32> =
                sqlx::query_scalar(of_ports).bind(&ports).fetch_all(&mut connection).await.unwrap();
            let left = "select count(*) from pg_stat_activity where pid = any($1) and client_port = any($2)";
            let left = || sqlx::query_scalar::<_, i64>(left).bind(&processes).bind(&ports);
            while left().fetch_one(&mut connection).await.unwrap() > 0 {}
        });
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = script().arg("stop").arg(&self.folder).arg("immediate").status();
    }
}

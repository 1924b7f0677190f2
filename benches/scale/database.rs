//! What is asked of Postgres directly, through psql.

use std::path::Path;
use std::process::Command;

use skep_bench::data;

use super::Outcome;

pub struct Database {
    pub url: String,
}

/// Adds the partitions `{begin}`..`{end}` in one version, as the server would: alike but for names and parameters.
const FILL: &str = "
    with t as (update tbl set version = version + 1 where name = '{table}' returning id, version),
         v as (insert into table_version (table_id, version, operation, at)
               select t.id, t.version, 'add_partitions', p.at from t join table_version p on p.table_id = t.id
                and p.version = t.version - 1)
    insert into partition (table_id, added, name, slot, base_id, location, partition_values, params, created_at,
                           accessed_at, write_id)
    select t.id, t.version,
           format('dt=%s/hour=%s/region=%s', date '2024-01-01' + i / 96, i / 4 % 24, (array[{regions}])[i % 4 + 1]),
           p.slot, p.base_id, p.location, p.partition_values,
           replace(replace(p.params, '\"numRows\":\"0\"', format('\"numRows\":\"%s\"', i)),
                   '\"totalSize\":\"1000000\"', format('\"totalSize\":\"%s\"', 1000000 + i)),
           p.created_at, p.accessed_at, p.write_id
      from t join partition p on p.table_id = t.id, generate_series({begin}, {end} - 1) i
     where p.name = '{first}' and p.removed is null";

impl Database {
    fn psql(&self, commands: &[&str]) -> Outcome<String> {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]).arg(&self.url);
        for command in commands {
            psql.arg("--command").arg(command);
        }
        let output = psql.output()?;
        if !output.status.success() {
            return Err(format!("psql: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Bytes of the whole database, with its indexes.
    pub fn bytes(&self) -> Outcome<u64> {
        Ok(self.psql(&["checkpoint", "select pg_database_size(current_database())"])?.parse()?)
    }

    /// Adds the partitions from `begin` to before `end`. No server may run: it would not know.
    pub fn fill(&self, begin: usize, end: usize) -> Outcome<()> {
        if begin == end {
            return Ok(());
        }
        let regions = data::REGIONS.map(|region| format!("'{region}'")).join(",");
        let sql = FILL
            .replace("{table}", data::TABLE)
            .replace("{regions}", &regions)
            .replace("{first}", &data::name(0))
            .replace("{begin}", &begin.to_string())
            .replace("{end}", &end.to_string());
        let last = format!("select count(*) from partition where name = '{}'", data::name(end - 1));
        let found = self.psql(&[&sql, &last])?;
        if found == "1" { Ok(()) } else { Err("the partitions were not added: does FILL fit the schema?".into()) }
    }

    /// What autovacuum would do in the minutes after.
    pub fn settle(&self) -> Outcome<()> {
        self.psql(&["vacuum analyze", "checkpoint"]).map(drop)
    }

    /// Reads the rows of all partitions, as the server does to fill its memory, into nothing.
    pub fn copy_out(&self) -> Outcome<()> {
        let rows = "select name, slot, base_id, location, partition_values, params, created_at, accessed_at, write_id \
                    from partition where removed is null order by name";
        self.psql(&[&format!("\\copy ({rows}) to /dev/null")]).map(drop)
    }

    /// Writes the rows to a file.
    pub fn rows_save(&self, file: &Path) -> Outcome<()> {
        let create = "create table copied (like partition including all)";
        self.psql(&[create, &format!("\\copy partition to '{}'", file.display())]).map(drop)
    }

    /// Reads them into a table with the same indexes.
    pub fn rows_load(&self, file: &Path) -> Outcome<()> {
        self.psql(&[&format!("\\copy copied from '{}'", file.display())]).map(drop)
    }

    pub fn rows_forget(&self) -> Outcome<()> {
        self.psql(&["drop table copied"]).map(drop)
    }
}

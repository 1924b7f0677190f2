//! Lists of partitions as clients get them.

use std::collections::HashMap;

use skep_core::name::LikePattern;
use skep_core::rows::RowView;
use skep_core::table::{Shape, Table};
use skep_thrift::types as t;

use super::table::shape_out;
use crate::catalog::PartitionAnswer;

/// How a request wants its partitions.
#[derive(Debug, Clone, Default)]
pub struct PartitionForm {
    /// With an empty list of columns: the client has the table's.
    pub skip_columns: bool,
    /// Parameter keys to keep, and of these to leave out.
    pub include: Option<LikePattern>,
    pub exclude: Option<LikePattern>,
    /// What partitions say of the asking user's rights.
    pub rights: Option<PartitionRights>,
}

/// A user's rights on partitions.
#[derive(Debug, Clone, Default)]
pub struct PartitionRights {
    /// Of partitions that nothing is granted on.
    pub none: t::PrincipalPrivilegeSet,
    /// Of the others, by partition values.
    pub granted: HashMap<Vec<String>, t::PrincipalPrivilegeSet>,
}

impl PartitionRights {
    /// What a row has of its own.
    fn own(&self, row: &RowView<'_>) -> Option<&t::PrincipalPrivilegeSet> {
        if self.granted.is_empty() { None } else { self.granted.get(&view_values(row)) }
    }
}

impl PartitionForm {
    pub fn new(skip_columns: Option<bool>, include: Option<&str>, exclude: Option<&str>) -> Self {
        let pattern = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(LikePattern::new);
        Self {
            skip_columns: skip_columns.unwrap_or_default(),
            include: pattern(include),
            exclude: pattern(exclude),
            rights: None,
        }
    }

    /// The user's rights on a row, if any are granted.
    pub fn rights_own(&self, row: &RowView<'_>) -> Option<&t::PrincipalPrivilegeSet> {
        self.rights.as_ref()?.own(row)
    }

    /// What a row says of the user's rights.
    pub fn privileges(&self, row: &RowView<'_>) -> Option<t::PrincipalPrivilegeSet> {
        let rights = self.rights.as_ref()?;
        Some(rights.own(row).unwrap_or(&rights.none).clone())
    }

    /// Whether a parameter is part of the answer.
    pub fn takes(&self, key: &str) -> bool {
        self.include.as_ref().is_none_or(|pattern| pattern.matches(key))
            && !self.exclude.as_ref().is_some_and(|pattern| pattern.matches(key))
    }

    /// Whether parameters go out as they are.
    pub fn takes_all(&self) -> bool {
        self.include.is_none() && self.exclude.is_none()
    }
}

/// A storage descriptor as a form wants it, without a location.
pub fn shape_form(shape: &Shape, form: &PartitionForm) -> t::StorageDescriptor {
    let mut storage = shape_out(shape, None);
    if form.skip_columns {
        storage.cols = Some(Vec::new().into());
    }
    storage
}

/// Storage descriptors of an answer's slots, each made once, without a location.
pub struct Storages<'f> {
    form: &'f PartitionForm,
    made: HashMap<i64, t::StorageDescriptor>,
}

impl<'f> Storages<'f> {
    pub fn new(form: &'f PartitionForm) -> Self {
        Self { form, made: HashMap::new() }
    }

    /// A row's storage descriptor without its location.
    pub fn shared(&mut self, row: &RowView<'_>) -> Option<&t::StorageDescriptor> {
        let (slot, shape) = (row.slot()?, row.shape()?);
        Some(self.made.entry(slot).or_insert_with(|| shape_form(shape, self.form)))
    }

    fn own(&mut self, row: &RowView<'_>) -> Option<t::StorageDescriptor> {
        let location = row.location_text();
        self.shared(row).map(|shared| t::StorageDescriptor { location, ..shared.clone() })
    }
}

/// A row's parameters, as far as they are wanted.
pub fn view_parameters(row: &RowView<'_>, form: &PartitionForm) -> Vec<(String, String)> {
    let wanted = row.parameters().filter(|(key, _)| form.takes(key));
    wanted.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

pub fn view_values(row: &RowView<'_>) -> Vec<String> {
    row.values().map(str::to_owned).collect()
}

/// One row in full.
pub fn view_out(row: &RowView<'_>, table: &Table, form: &PartitionForm, storages: &mut Storages) -> t::Partition {
    t::Partition {
        values: Some(view_values(row)),
        db_name: Some(table.database.clone()),
        table_name: Some(table.name.clone()),
        create_time: row.create_time(),
        last_access_time: row.last_access_time(),
        sd: storages.own(row),
        parameters: Some(view_parameters(row, form)),
        privileges: form.privileges(row),
        cat_name: Some(table.catalog.clone()),
        write_id: Some(row.write_id().unwrap_or(-1)),
        ..t::Partition::default()
    }
}

/// All rows of an answer.
pub fn answer_out(answer: &PartitionAnswer, form: &PartitionForm) -> Vec<t::Partition> {
    let mut storages = Storages::new(form);
    answer.rows().iter().map(|row| view_out(row, answer.table(), form, &mut storages)).collect()
}

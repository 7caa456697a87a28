//! Taking the host's schema out of operations.

use dunlin_core::operation::{AlterColumn, Operation, TableChange};
use dunlin_core::schema::{ColumnType, Constraint, DataType, Metadata, Table, TableName};

/// Takes the host's schema out of the names of tables, types and views: revisions are written without it.
/// [`Operation::qualify`] puts it back.
pub fn unqualify(operation: &mut Operation, schema: Option<&str>) {
    let Some(schema) = schema else { return };
    for name in names_mut(operation) {
        unqualify_name(name, schema);
    }
}

/// Takes a schema out of all names of a [`Metadata`], and the schema itself: it is where bare names are looked for.
///
/// ```
/// use dunlin_core::schema::{Metadata, Table, TableName};
/// use dunlin_engine::generate::unqualify_all;
///
/// let mut models = Metadata::default();
/// models.insert(Table::new(TableName::new(Some("public"), "ticket")));
/// unqualify_all(&mut models, "public");
/// assert_eq!(models.tables()[0].name, "ticket".into());
/// ```
pub fn unqualify_all(metadata: &mut Metadata, schema: &str) {
    let mut tables = metadata.take_tables();
    tables.iter_mut().for_each(|table| unqualify_table(table, schema));
    metadata.extend(tables);
    let views = metadata.views.iter_mut().map(|view| &mut view.name);
    let types = metadata.enum_types.iter_mut().filter_map(|enum_type| enum_type.name.as_mut());
    let touched = metadata.objects.iter_mut().flat_map(|object| &mut object.touches);
    views.chain(types).chain(touched).for_each(|name| unqualify_name(name, schema));
    metadata.schemas.retain(|known| known != schema);
}

/// Takes a schema out of the names in a table.
pub(super) fn unqualify_table(table: &mut Table, schema: &str) {
    for name in table_names_mut(table) {
        unqualify_name(name, schema);
    }
}

pub(super) fn unqualify_name(name: &mut TableName, schema: &str) {
    if name.schema.as_deref() == Some(schema) {
        name.schema = None;
    }
}

fn names_mut(operation: &mut Operation) -> Vec<&mut TableName> {
    match operation {
        Operation::CreateTable { table, .. } => table_names_mut(table),
        Operation::CreateEnum { enum_type } => enum_type.name.iter_mut().collect(),
        Operation::AlterEnum { name, .. }
        | Operation::DropEnum { name, .. }
        | Operation::DropView { name, .. } => vec![name],
        Operation::DropTable { table, .. }
        | Operation::RenameTable { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::DropIndex { table, .. }
        | Operation::RenameIndex { table, .. }
        | Operation::BulkInsert { table, .. } => vec![table],
        Operation::AlterTable { table, changes } => {
            let changes = changes.iter_mut().flat_map(change_names_mut);
            std::iter::once(table).chain(changes).collect()
        }
        Operation::CreateView { view, .. } => vec![&mut view.name],
        Operation::CreateObject { object } | Operation::DropObject { object } => {
            object.touches.iter_mut().collect()
        }
        Operation::Execute { touches, .. } => touches.iter_mut().flatten().collect(),
        Operation::Run { step } => {
            let read = step.batches.iter_mut().map(|batches| batches.table_mut());
            step.touches.iter_mut().chain(read).collect()
        }
        Operation::Backfill { backfill } => vec![&mut backfill.table],
        _ => Vec::new(),
    }
}

fn change_names_mut(change: &mut TableChange) -> Vec<&mut TableName> {
    match change {
        TableChange::AddColumn { column, .. } => type_names_mut(&mut column.column_type).collect(),
        TableChange::AlterColumn(AlterColumn { column_type: Some(column_type), .. }) => {
            type_names_mut(column_type).collect()
        }
        TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }
        | TableChange::DropUnnamedConstraint { constraint: Constraint::ForeignKey(key) } => {
            vec![&mut key.referred_table]
        }
        TableChange::SetOptions { options } => options.inherits.iter_mut().collect(),
        _ => Vec::new(),
    }
}

fn table_names_mut(table: &mut Table) -> Vec<&mut TableName> {
    let types = table.columns.iter_mut().flat_map(|column| type_names_mut(&mut column.column_type));
    let keys = table.foreign_keys.iter_mut().map(|key| &mut key.referred_table);
    let parents = table.options.inherits.iter_mut();
    std::iter::once(&mut table.name).chain(types).chain(keys).chain(parents).collect()
}

fn type_names_mut(column_type: &mut ColumnType) -> impl Iterator<Item = &mut TableName> {
    let enums = column_type.values_mut().filter_map(DataType::enum_type_mut);
    enums.filter_map(|enum_type| enum_type.name.as_mut())
}

//! Where DAGs come from, and their versions.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Boolean, Integer, Json, Text};

use super::columns::{cascade, extended_json, medium_text, uuid};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    dag_bundle(metadata);
    dag_bundle_team(metadata);
    dag_version(metadata);
    dag_code(metadata);
    serialized_dag(metadata);
}

/// Bundles of DAG files.
fn dag_bundle(metadata: &mut Metadata) {
    metadata.table("dag_bundle", |t| {
        t.column("name", string_id()).primary_key();
        t.column("active", Boolean);
        t.column("version", DataType::string(200));
        t.column("last_refreshed", timestamp());
        t.column("signed_url_template", Text);
        t.column("template_params", Json);
    });
}

/// To which team a bundle belongs.
fn dag_bundle_team(metadata: &mut Metadata) {
    metadata.table("dag_bundle_team", |t| {
        t.column("dag_bundle_name", string_id()).primary_key();
        t.column("team_name", DataType::string(50)).primary_key();
        t.foreign_key(cascade(["dag_bundle_name"], "dag_bundle", ["name"]));
        t.foreign_key(cascade(["team_name"], "team", ["name"]));
        t.add_index(Index::unnamed(["dag_bundle_name"]).unique());
        t.add_index(Index::unnamed(["team_name"]));
    });
}

/// Versions of DAGs.
fn dag_version(metadata: &mut Metadata) {
    metadata.table("dag_version", |t| {
        t.column("id", uuid()).primary_key();
        t.column("version_number", Integer).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("bundle_name", string_id());
        t.column("bundle_version", string_id());
        t.column("version_data", Json);
        t.unique("dag_id_v_name_v_number_unique_constraint", ["dag_id", "version_number"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]));
    });
}

/// The source of a version.
fn dag_code(metadata: &mut Metadata) {
    metadata.table("dag_code", |t| {
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("source_code", medium_text()).not_null();
        t.column("id", uuid()).primary_key();
        t.column("dag_version_id", uuid()).not_null().unique();
        t.column("source_code_hash", DataType::string(32)).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.foreign_key(cascade(["dag_version_id"], "dag_version", ["id"]));
    });
}

/// A version as the scheduler reads it.
fn serialized_dag(metadata: &mut Metadata) {
    metadata.table("serialized_dag", |t| {
        t.column("dag_id", string_id()).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("dag_hash", string_id_of(32)).not_null();
        t.column("data", extended_json());
        t.column("data_compressed", Binary);
        t.column("id", uuid()).primary_key();
        t.column("dag_version_id", uuid()).not_null().unique();
        t.column("created_at", timestamp()).not_null();
        t.foreign_key(cascade(["dag_version_id"], "dag_version", ["id"]));
    });
}

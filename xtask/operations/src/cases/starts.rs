//! The starting schemas, with rows.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, EnumType, IndexElement};

/// A starting schema.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    /// Its name, which its twin also has.
    pub(crate) name: &'static str,
    /// What makes it.
    pub(crate) record: fn(&mut Operations),
}

pub(super) const EMPTY: Start = Start { name: "empty", record: |_| {} };
pub(super) const PERSON: Start = Start { name: "person", record: person };
pub(super) const PLAIN: Start = Start { name: "plain", record: plain };
pub(super) const KEYED: Start = Start { name: "keyed", record: keyed };
pub(super) const PAIR: Start = Start { name: "pair", record: |op| parent_and_child(op, None) };
pub(super) const LINKED: Start = Start { name: "linked", record: linked };
pub(super) const TREE: Start = Start { name: "tree", record: tree };
pub(super) const STOCK: Start = Start { name: "stock", record: stock };
pub(super) const BOX: Start = Start { name: "box", record: a_box };
pub(super) const BOOKED: Start = Start { name: "booked", record: booked };
pub(super) const DOCUMENT: Start = Start { name: "document", record: document };
pub(super) const ARTICLE: Start = Start { name: "article", record: article };
pub(super) const COUNTED: Start = Start { name: "counted", record: counted };
pub(super) const RICH: Start = Start { name: "rich", record: rich };
pub(super) const GRAPH: Start = Start { name: "graph", record: graph };

fn person(op: &mut Operations) {
    op.create_table("person", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("name", DataType::string(50)).not_null();
        t.column("email", DataType::string(100));
        t.column("age", DataType::Integer);
        t.column("score", DataType::numeric(10, 2)).server_default(SqlValue::expression("0"));
        t.column("active", DataType::Boolean).not_null().server_default(SqlValue::Boolean(true));
        t.column("note", DataType::Text);
        t.unique("uq_person_name", ["name"]);
        t.check("ck_person_age", "age >= 0");
        t.index("ix_person_email", ["email"]);
    });
    let row = |id: i64, name: &str, email: Option<&str>, age: Option<i64>, note: Option<&str>| {
        let text = |value: Option<&str>| value.map_or(SqlValue::Null, SqlValue::from);
        [id.into(), name.into(), text(email), age.map_or(SqlValue::Null, SqlValue::from), text(note)]
    };
    op.bulk_insert(
        "person",
        ["id", "name", "email", "age", "note"],
        [
            row(1, "Ada", Some("ada@example.org"), Some(36), Some("it's \"quoted\" \\ 100%")),
            row(2, "Grace", None, Some(85), Some("")),
            row(3, "Žofie", Some("z@example.org"), None, None),
        ],
    );
}

fn plain(op: &mut Operations) {
    op.create_table("item", |t| {
        t.column("a", DataType::Integer).not_null();
        t.column("b", DataType::Integer).not_null();
        t.column("code", DataType::string(20));
    });
    op.bulk_insert(
        "item",
        ["a", "b", "code"],
        [[1.into(), 2.into(), "x".into()], [2.into(), 2.into(), "y".into()]],
    );
}

fn keyed(op: &mut Operations) {
    op.create_table("item", |t| {
        t.column("code", DataType::string(20)).not_null();
        t.column("a", DataType::Integer).not_null();
        t.column("b", DataType::Integer).not_null();
        t.primary_key("pk_item", ["code"]);
    });
    op.bulk_insert(
        "item",
        ["code", "a", "b"],
        [["x".into(), 1.into(), 2.into()], ["y".into(), 2.into(), 2.into()]],
    );
}

fn parent_and_child(op: &mut Operations, key: Option<ForeignKey>) {
    op.create_table("parent", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("code", DataType::string(20)).not_null();
        t.column("region", DataType::Integer).not_null();
        t.unique("uq_parent_code_region", ["code", "region"]);
    });
    op.create_table("child", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("parent_id", DataType::Integer);
        t.column("parent_code", DataType::string(20));
        t.column("parent_region", DataType::Integer);
        if let Some(key) = key {
            t.foreign_key(key);
        }
    });
    op.bulk_insert(
        "parent",
        ["id", "code", "region"],
        [[1.into(), "a".into(), 7.into()], [2.into(), "b".into(), 7.into()]],
    );
    op.bulk_insert(
        "child",
        ["id", "parent_id", "parent_code", "parent_region"],
        [[1.into(), 1.into(), "a".into(), 7.into()], [2.into(), SqlValue::Null, SqlValue::Null, 7.into()]],
    );
}

fn linked(op: &mut Operations) {
    let key = ForeignKey::new(["parent_id"], "parent", ["id"]);
    parent_and_child(op, Some(key.named("fk_child_parent").on_delete(ReferentialAction::Cascade)));
}

fn tree(op: &mut Operations) {
    op.create_table("node", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("parent_id", DataType::Integer);
        t.column("label", DataType::string(30)).not_null();
        let key = ForeignKey::new(["parent_id"], "node", ["id"]).named("fk_node_parent");
        t.foreign_key(key.on_delete(ReferentialAction::Cascade));
    });
    op.bulk_insert(
        "node",
        ["id", "parent_id", "label"],
        [
            [1.into(), SqlValue::Null, "root".into()],
            [2.into(), 1.into(), "leaf".into()],
            [3.into(), 1.into(), "leaf".into()],
        ],
    );
}

fn stock(op: &mut Operations) {
    op.create_table("stock", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("label", DataType::string(40)).not_null().server_default("none").comment("shown");
        t.column("quantity", DataType::Integer)
            .not_null()
            .server_default(SqlValue::expression("5"))
            .comment("pieces");
        t.column("price", DataType::numeric(10, 2))
            .server_default(SqlValue::expression("2"))
            .comment("in euro");
        t.column("changed", DataType::datetime())
            .not_null()
            .server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.comment("what there is");
    });
    op.execute(
        "INSERT INTO stock (id, label, quantity, price, changed) VALUES \
         (1, 'nail', 100, 0.10, '2024-02-29 12:00:00'), (2, 'saw', 2, NULL, '2024-03-01 00:00:01')",
    );
}

fn a_box(op: &mut Operations) {
    op.create_table("box", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("width", DataType::Integer).not_null();
        t.column("height", DataType::Integer).not_null();
        t.column("area", DataType::Integer).computed(Computed::stored("width * height"));
        t.column("label", DataType::string(20));
    });
    op.execute("INSERT INTO box (id, width, height, label) VALUES (1, 2, 3, 'a'), (2, 4, 5, NULL)");
}

fn booked(op: &mut Operations) {
    op.create_table("booking", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("room", DataType::native("INT4RANGE")).not_null();
        t.column("during", DataType::native("TSRANGE")).not_null();
        t.column("cancelled", DataType::Boolean).not_null().server_default(SqlValue::Boolean(false));
    });
    op.execute("INSERT INTO booking (id, room, during) VALUES (1, '[1,2)', '[2024-01-01,2024-01-02)')");
}

fn document(op: &mut Operations) {
    op.create_table("document", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("title", DataType::string(100)).not_null();
        t.column("body", DataType::Jsonb);
        t.column("tags", DataType::Text.array());
        t.column("day", DataType::Date);
    });
    op.execute("INSERT INTO document (id, title, body) VALUES (1, 'One', '{\"a\": 1}')");
}

fn article(op: &mut Operations) {
    op.create_table("article", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("title", DataType::string(200)).not_null();
        t.column("body", DataType::Text);
        t.column("place", DataType::native("POINT")).not_null();
    });
}

fn counted(op: &mut Operations) {
    let now = "CURRENT_TIMESTAMP";
    op.create_table("counted", |t| {
        t.column("id", DataType::BigInteger.unsigned()).primary_key().comment("the number");
        t.column("code", DataType::string(30).collate("utf8mb4_bin"))
            .not_null()
            .server_default("x")
            .comment("exact");
        t.column("changed", DataType::datetime()).server_default(SqlValue::expression(now)).on_update(now);
        t.column("mood", DataType::Enum(EnumType::unnamed(["sad", "glad"])))
            .not_null()
            .server_default("glad");
    });
    op.execute("INSERT INTO counted (code, changed) VALUES ('a', '2024-01-01'), ('b', NULL)");
}

fn rich(op: &mut Operations) {
    op.create_table("rich", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("name", DataType::string(30).collate("NOCASE")).not_null();
        t.column("kind", DataType::string(10)).server_default("a'b");
        t.column("price", DataType::Integer);
        t.column("made", DataType::datetime()).server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.column("extra", DataType::Text);
        t.check("ck_rich_price", "price >= 0");
        t.add_check(Check::new("price < 1000"));
        t.unique("uq_rich_name", ["name"]);
        t.add_unique(Unique::new(["kind", "price"]));
        t.add_index(Index::new("ix_rich_price", ["price"]).predicate("price > 10"));
        t.add_index(Index::new("ix_rich_made", [IndexElement::column_named("made").descending()]));
        t.options(|o| o.never_reuse_ids = true);
    });
    op.execute(
        "INSERT INTO rich (id, name, kind, price, made) VALUES (5, 'x', 'k', 10, '2024-01-01'), \
         (9, 'y', 'k', 20, '2024-01-02')",
    );
    op.execute("DELETE FROM rich WHERE id = 9");
}

fn graph(op: &mut Operations) {
    op.create_table("hub", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("above", DataType::Integer);
        t.column("label", DataType::string(20));
        t.foreign_key(ForeignKey::new(["above"], "hub", ["id"]).on_delete(ReferentialAction::Cascade));
    });
    op.create_table("spoke", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("hub_id", DataType::Integer).not_null();
        let key = ForeignKey::new(["hub_id"], "hub", ["id"]).named("fk_spoke_hub");
        t.foreign_key(key.on_delete(ReferentialAction::Cascade));
    });
    op.execute("INSERT INTO hub (id, above, label) VALUES (1, NULL, 'top'), (2, 1, 'low')");
    op.execute("INSERT INTO spoke (id, hub_id) VALUES (1, 1), (2, 2)");
}

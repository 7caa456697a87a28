//! Columns, constraints, indexes, views and objects as expressions.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{
    Check, Column, Computed, Constraint, Deferrable, Exclude, ForeignKey, Identity, Index, IndexElement,
    IndexKey, Name, Object, OnConflict, PrimaryKey, Unique, View,
};

use super::expr::Expr;
use super::types::column_type;
use super::value::{
    Result, dialect, dialects, name, number, sql, table_name, table_names, texts, values, variant,
};

/// A method and its arguments.
pub(super) type Call = (&'static str, Vec<Expr>);

pub(super) fn with_calls(expr: Expr, calls: Vec<Call>) -> Expr {
    calls.into_iter().fold(expr, |expr, (method, arguments)| expr.then(method, arguments))
}

/// `Column::new(…)…`.
pub(super) fn column(column: &Column) -> Result<Expr> {
    let mut calls = column_calls(column, column.nullable)?;
    if let Some(action) = column.not_null_on_conflict {
        calls.push(("not_null_on_conflict", vec![on_conflict(action)]));
    }
    if column.nullable && (column.identity.is_some() || column.not_null_on_conflict.is_some()) {
        calls.push(("nullable", vec![]));
    }
    Ok(with_calls(new_column(column)?, calls))
}

pub(super) fn new_column(column: &Column) -> Result<Expr> {
    Ok(Expr::call("Column::new", [Expr::text(&column.name), column_type(&column.column_type)?]))
}

/// What is said of a column, by the methods that a column and the builder of one have in common; whether it
/// is NOT NULL only where that is not known already.
pub(super) fn column_calls(column: &Column, known_null: bool) -> Result<Vec<Call>> {
    let mut calls: Vec<Call> = Vec::new();
    let implied = column.identity.is_some() || column.not_null_on_conflict.is_some();
    if !column.nullable && !known_null && !implied {
        calls.push(("not_null", vec![]));
    }
    if let Some(default) = &column.server_default {
        calls.push(("server_default", vec![values(default)?]));
    }
    if let Some(expression) = &column.on_update {
        calls.push(("on_update", vec![sql(expression)?]));
    }
    if column.autoincrement {
        calls.push(("autoincrement", vec![]));
    }
    if let Some(of) = &column.identity {
        calls.push(("identity", vec![identity(of)]));
    }
    if let Some(computed) = &column.computed {
        calls.push(("computed", vec![self::computed(computed)?]));
    }
    if let Some(comment) = &column.comment {
        calls.push(("comment", vec![Expr::text(comment)]));
    }
    Ok(calls)
}

pub(super) fn computed(computed: &Computed) -> Result<Expr> {
    let function = if computed.stored { "Computed::stored" } else { "Computed::on_read" };
    Ok(Expr::call(function, [sql(&computed.expression)?]))
}

pub(super) fn identity(identity: &Identity) -> Expr {
    let function = if identity.always { "Identity::always" } else { "Identity::by_default" };
    let mut calls: Vec<Call> = Vec::new();
    let options = [("start", identity.start), ("increment", identity.increment), ("min", identity.min)];
    let options = options.into_iter().chain([("max", identity.max), ("cache", identity.cache)]);
    calls.extend(options.filter_map(|(method, value)| Some((method, vec![number(value?)]))));
    if identity.cycle {
        calls.push(("cycle", vec![]));
    }
    with_calls(Expr::call(function, []), calls)
}

fn on_conflict(action: OnConflict) -> Expr {
    variant("OnConflict", action)
}

fn named(of: Option<&Name>) -> impl Iterator<Item = Call> {
    of.map(|of| ("named", vec![name(of)])).into_iter()
}

fn include(columns: &[String]) -> Option<Call> {
    (!columns.is_empty()).then(|| ("include", vec![texts(columns)]))
}

fn deferrable(when: Option<Deferrable>) -> Option<Call> {
    when.map(|when| ("deferrable", vec![variant("Deferrable", when)]))
}

fn only_on(on: &[DialectName]) -> Option<Call> {
    (!on.is_empty()).then(|| ("only_on", vec![dialects(on)]))
}

fn flag(is: bool, method: &'static str) -> Option<Call> {
    is.then(|| (method, vec![]))
}

pub(super) fn primary_key(key: &PrimaryKey) -> Expr {
    let mut calls: Vec<Call> = named(key.name.as_ref()).collect();
    calls.extend(include(&key.include));
    calls.extend(deferrable(key.deferrable));
    calls.extend(
        key.prefixes.iter().map(|(column, length)| ("prefix", vec![Expr::text(column), number(*length)])),
    );
    calls.extend(key.using.iter().map(|method| ("using", vec![Expr::text(method)])));
    calls.extend(key.on_conflict.map(|action| ("on_conflict", vec![on_conflict(action)])));
    with_calls(Expr::call("PrimaryKey::new", [texts(&key.columns)]), calls)
}

pub(super) fn unique(unique: &Unique) -> Expr {
    let mut calls: Vec<Call> = named(unique.name.as_ref()).collect();
    calls.extend(include(&unique.include));
    calls.extend(flag(unique.nulls_not_distinct, "nulls_not_distinct"));
    calls.extend(deferrable(unique.deferrable));
    calls.extend(unique.on_conflict.map(|action| ("on_conflict", vec![on_conflict(action)])));
    calls.extend(only_on(&unique.only_on));
    with_calls(Expr::call("Unique::new", [texts(&unique.columns)]), calls)
}

pub(super) fn check(check: &Check) -> Result<Expr> {
    let mut calls: Vec<Call> = named(check.name.as_ref()).collect();
    calls.extend(only_on(&check.only_on));
    calls.extend(flag(check.not_valid, "not_valid"));
    calls.extend(flag(check.no_inherit, "no_inherit"));
    calls.extend(flag(check.not_enforced, "not_enforced"));
    Ok(with_calls(Expr::call("Check::new", [sql(&check.expression)?]), calls))
}

pub(super) fn foreign_key(key: &ForeignKey) -> Expr {
    let arguments = [texts(&key.columns), table_name(&key.referred_table), texts(&key.referred_columns)];
    let mut calls: Vec<Call> = named(key.name.as_ref()).collect();
    let actions = [("on_delete", key.on_delete), ("on_update", key.on_update)];
    let actions = actions.into_iter().filter(|(_, action)| !action.is_no_action());
    calls.extend(actions.map(|(method, action)| (method, vec![variant("ReferentialAction", action)])));
    calls.extend(deferrable(key.deferrable));
    calls.extend(key.match_type.map(|of| ("match_type", vec![variant("MatchType", of)])));
    calls.extend(flag(key.not_valid, "not_valid"));
    calls.extend(only_on(&key.only_on));
    with_calls(Expr::call("ForeignKey::new", arguments), calls)
}

pub(super) fn exclude(exclude: &Exclude) -> Expr {
    let pair =
        |expression: &str, operator: &str| Expr::Tuple(vec![Expr::text(expression), Expr::text(operator)]);
    let elements = exclude.elements.iter().map(|element| pair(&element.expression, &element.operator));
    let mut calls: Vec<Call> = named(exclude.name.as_ref()).collect();
    calls.extend(exclude.using.iter().map(|method| ("using", vec![Expr::text(method)])));
    calls.extend(exclude.predicate.iter().map(|condition| ("predicate", vec![Expr::sql(condition)])));
    calls.extend(deferrable(exclude.deferrable));
    calls.extend(only_on(&exclude.only_on));
    with_calls(Expr::call("Exclude::new", [Expr::Array(elements.collect())]), calls)
}

/// `Constraint::Unique(…)`.
pub(super) fn constraint(of: &Constraint) -> Result<Expr> {
    Ok(match of {
        Constraint::PrimaryKey(key) => Expr::call("Constraint::PrimaryKey", [primary_key(key)]),
        Constraint::Unique(of) => Expr::call("Constraint::Unique", [unique(of)]),
        Constraint::ForeignKey(key) => Expr::call("Constraint::ForeignKey", [foreign_key(key)]),
        Constraint::Check(of) => Expr::call("Constraint::Check", [check(of)?]),
        Constraint::Exclude(of) => Expr::call("Constraint::Exclude", [exclude(of)]),
        other => return Err(super::error::GenerateError::unsayable(format!("the {}", other.kind()))),
    })
}

/// What becomes the elements of an index.
pub(super) fn index_elements(elements: &[IndexElement]) -> Result<Expr> {
    let plain = |element: &IndexElement| {
        element.column().filter(|column| *element == IndexElement::from(*column)).map(Expr::text)
    };
    let columns: Option<Vec<Expr>> = elements.iter().map(plain).collect();
    Ok(match columns {
        Some(columns) if columns.is_empty() => texts(&[]),
        Some(columns) => Expr::Array(columns),
        None => Expr::Array(elements.iter().map(index_element).collect::<Result<_>>()?),
    })
}

fn index_element(element: &IndexElement) -> Result<Expr> {
    let expr = match &element.key {
        IndexKey::Column(name) => Expr::call("IndexElement::column_named", [Expr::text(name)]),
        IndexKey::Expression(expression) => Expr::call("IndexElement::expression", [sql(expression)?]),
    };
    let mut calls: Vec<Call> = flag(element.descending, "descending").into_iter().collect();
    calls.extend(element.nulls.map(|nulls| ("nulls", vec![variant("NullsOrder", nulls)])));
    calls.extend(element.collation.iter().map(|of| ("collate", vec![Expr::text(of)])));
    calls.extend(element.operator_class.iter().map(|of| ("operator_class", vec![Expr::text(of)])));
    calls.extend(element.length.map(|length| ("length", vec![number(length)])));
    Ok(with_calls(expr, calls))
}

pub(super) fn index(index: &Index) -> Result<Expr> {
    let elements = index_elements(&index.elements)?;
    let expr = match &index.name {
        Some(of) => Expr::call("Index::new", [name(of), elements]),
        None => Expr::call("Index::unnamed", [elements]),
    };
    let text = |text: &String| vec![Expr::text(text)];
    let mut calls: Vec<Call> = flag(index.unique, "unique").into_iter().collect();
    match &index.predicate {
        Some(predicate) if predicate.default_value().is_none() && predicate.variants().next().is_some() => {
            let variants = predicate.variants();
            calls.extend(variants.map(|(on, sql)| ("predicate_on", vec![dialect(on), Expr::sql(sql)])));
        }
        Some(predicate) => calls.push(("predicate", vec![sql(predicate)?])),
        None => {}
    }
    calls.extend(only_on(&index.only_on));
    if let Some(method) = &index.using {
        calls.push(("using", vec![sql(method)?]));
    }
    if !index.kind.is_plain() {
        calls.push(("kind", vec![variant("IndexKind", index.kind)]));
    }
    calls.extend(index.parser.iter().map(|parser| ("parser", text(parser))));
    calls.extend(include(&index.include));
    calls.extend(flag(index.nulls_not_distinct, "nulls_not_distinct"));
    let parameters = index.storage_parameters.iter();
    calls
        .extend(parameters.map(|(of, value)| ("storage_parameter", vec![Expr::text(of), Expr::text(value)])));
    calls.extend(index.tablespace.iter().map(|name| ("tablespace", text(name))));
    calls.extend(flag(index.concurrently, "concurrently"));
    calls.extend(index.comment.iter().map(|comment| ("comment", text(comment))));
    Ok(with_calls(expr, calls))
}

pub(super) fn view(view: &View) -> Result<Expr> {
    let expr = Expr::call("View::new", [table_name(&view.name), sql(&view.query)?]);
    let calls = [
        flag(view.materialized, "materialized"),
        flag(view.security_invoker, "security_invoker"),
        flag(view.security_barrier, "security_barrier"),
    ];
    Ok(with_calls(expr, calls.into_iter().flatten().collect()))
}

pub(super) fn object(object: &Object) -> Result<Expr> {
    let mut expr = Expr::call("Object::new", [Expr::text(&object.name)]);
    for (method, statements) in [("create", &object.create), ("drop", &object.drop)] {
        for statement in statements {
            expr = expr.then(method, [sql(statement)?]);
        }
    }
    if !object.touches.is_empty() {
        expr = expr.then("touches", [table_names(&object.touches)]);
    }
    Ok(expr)
}

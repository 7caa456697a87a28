"""Models of ours, as JSON, made into SQLAlchemy's MetaData.

What SQLAlchemy has no words for is left out, and named in `Model.unsaid`.
"""

import re

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.schema import conv

ACTIONS = {
    "no_action": None,
    "restrict": "RESTRICT",
    "cascade": "CASCADE",
    "set_null": "SET NULL",
    "set_default": "SET DEFAULT",
}


class Native(sa.types.UserDefinedType):
    """A type that SQLAlchemy does not have."""

    cache_ok = True

    def __init__(self, word):
        self.word = word

    def get_col_spec(self, **_):
        return self.word


class Model:
    """One model on one database: `postgres`, `mysql`, `mariadb` or `sqlite`."""

    def __init__(self, model, database, ischema_names):
        self.database = database
        self.mysql = database in ("mysql", "mariadb")
        self.ischema_names = ischema_names
        self.unsaid = set()
        self.metadata = sa.MetaData()
        for name in model.get("schemas", ()):
            self.unsaid.add(f"schema {name}")
        for item in model.get("objects", ()):
            self.unsaid.add(f"object {item['name']}")
        self.enums = {}
        for enum in model.get("enum_types", ()):
            if enum.get("name"):
                self.enum(enum)
        for table in model["tables"]:
            self.table(table)
        # Alembic compares no views, whether or not SQLAlchemy knows of them.

    def on(self, value):
        """The variant for this database."""
        if not (isinstance(value, dict) and value and value.keys() <= {"all", "variants"}):
            return value
        variants = value.get("variants", {})
        for name in (self.database, "mysql" if self.mysql else None):
            if name in variants:
                return variants[name]
        return value.get("all")

    def here(self, item):
        only_on = item.get("only_on") or [self.database]
        return self.database in only_on or (self.mysql and "mysql" in only_on)

    def table(self, table):
        name, schema = table["name"]["name"], table["name"].get("schema")
        key = table.get("primary_key")
        items = [self.column(column, key, name) for column in table["columns"]]
        if key:
            items.append(self.primary_key(key))
        items += [self.unique(unique) for unique in table.get("uniques", ())]
        items += [self.foreign_key(item) for item in table.get("foreign_keys", ())]
        items += [self.check(check) for check in table.get("checks", ()) if self.here(check)]
        items += [self.exclude(exclude) for exclude in table.get("excludes", ()) if self.here(exclude)]
        options = self.table_options(table.get("options", {}), name)
        made = sa.Table(name, self.metadata, *items, schema=schema, comment=table.get("comment"), **options)
        for index in table.get("indexes", ()):
            if self.here(index):
                self.index(index, made)

    # --- columns ---

    def column(self, column, key, table):
        name, options = column["name"], {}
        arguments = [name, self.type(self.on(column["type"]), f"{table}.{name}")]
        default = self.on(column.get("server_default"))
        on_update = self.on(column.get("on_update"))
        if column.get("identity") is not None and self.database == "postgres":
            identity = column["identity"]
            arguments.append(sa.Identity(
                always=identity.get("always", False), start=identity.get("start"), increment=identity.get("increment"),
                minvalue=identity.get("min"), maxvalue=identity.get("max"), cycle=identity.get("cycle") or None,
                cache=identity.get("cache")))
        if column.get("computed"):
            computed = column["computed"]
            arguments.append(sa.Computed(self.on(computed["expression"]), persisted=computed["stored"]))
        if default is not None:
            options["server_default"] = self.default(default)
        if on_update is not None:
            # As SQLAlchemy's documentation of MySQL says it.
            before = "NULL" if default is None else self.default(default).text
            options["server_default"] = sa.text(f"{before} ON UPDATE {on_update}")
        counts = column.get("autoincrement", False)
        if column.get("identity") is not None:
            pass
        elif key and name in key["columns"]:
            options["autoincrement"] = counts
        elif counts:
            self.unsaid.add(f"{table}.{name} is counted up, and no key")
        if column.get("not_null_on_conflict"):
            options["sqlite_on_conflict_not_null"] = column["not_null_on_conflict"].upper()
        return sa.Column(*arguments, nullable=column["nullable"], comment=column.get("comment"), **options)

    def default(self, value):
        """As SQL: given as Python's values, Alembic would see more changes where there are none."""
        if value == "null":
            return sa.text("NULL")
        [(kind, value)] = value.items()
        if kind == "text":
            value = value.replace("\\", "\\\\") if self.mysql else value
            return text("'" + value.replace("'", "''") + "'")
        if kind == "boolean":
            words = ("false", "true") if self.database == "postgres" else ("0", "1")
            return text(words[value])
        return text(str(value))

    def type(self, data_type, place):
        """SQLAlchemy's type; the model's words are those of `DataType` in dunlin-core."""
        kind, what = (data_type, {}) if isinstance(data_type, str) else next(iter(data_type.items()))
        return getattr(self, f"type_{kind}", self.type_plain)(kind, what, place)

    def type_plain(self, kind, what, place):
        plain = {
            "boolean": sa.Boolean, "small_integer": sa.SmallInteger, "integer": sa.Integer,
            "big_integer": sa.BigInteger, "float": sa.Float, "double": sa.Double, "text": sa.Text,
            "binary": sa.LargeBinary, "date": sa.Date, "json": sa.JSON,
            "real": sa.FLOAT if self.mysql else sa.REAL,
        }
        if kind in plain:
            return plain[kind]()
        if kind == "jsonb":
            return postgresql.JSONB()
        if kind == "uuid":
            return sa.Uuid(native_uuid=self.database == "postgres")
        words = {
            "tiny_integer": "TINYINT", "medium_integer": "MEDIUMINT", "tiny_text": "TINYTEXT",
            "medium_text": "MEDIUMTEXT", "long_text": "LONGTEXT", "tiny_blob": "TINYBLOB",
            "medium_blob": "MEDIUMBLOB", "long_blob": "LONGBLOB", "year": "YEAR",
        }
        return getattr(mysql, words[kind])() if self.mysql else self.native(words[kind], place)

    def native(self, word, place):
        self.unsaid.add(f"{place}: {word}")
        return Native(word)

    def type_native(self, _, word, place):
        names = {name.lower(): known for name, known in self.ischema_names.items()}
        return names[word.lower()]() if word.lower() in names else self.native(word, place)

    def type_unsigned(self, _, of, place):
        if not self.mysql:
            self.unsaid.add(f"{place}: UNSIGNED")
            return self.type(of, place)
        words = {"tiny_integer": mysql.TINYINT, "small_integer": mysql.SMALLINT, "medium_integer": mysql.MEDIUMINT,
                 "integer": mysql.INTEGER, "big_integer": mysql.BIGINT}
        if isinstance(of, str) and of in words:
            return words[of](unsigned=True)
        plain = self.type(of, place)
        return mysql.NUMERIC(plain.precision, plain.scale, unsigned=True)

    def type_numeric(self, _, what, __):
        return sa.Numeric(what["precision"], what["scale"]) if what.get("precision") else sa.Numeric()

    def type_string(self, _, what, __):
        return sa.String(what.get("length"))

    def type_char(self, _, what, __):
        return sa.CHAR(what["length"])

    def type_collated(self, _, what, place):
        plain = self.type(what["text"], place)
        collation = what.get("collation")
        if not self.mysql:
            return type(plain)(length=plain.length, collation=collation)
        types = {sa.String: mysql.VARCHAR, sa.CHAR: mysql.CHAR, sa.Text: mysql.TEXT}
        return types[type(plain)](length=plain.length, charset=what.get("character_set"), collation=collation)

    def type_fixed_binary(self, _, what, __):
        return sa.BINARY(what["length"])

    def type_var_binary(self, _, what, __):
        return sa.VARBINARY(what["length"])

    def type_bit(self, _, what, __):
        if self.mysql:
            return mysql.BIT(what.get("length"))
        return postgresql.BIT(what.get("length"), varying=what.get("varying", False))

    def moment(self, what, plain, of_postgres, of_mysql):
        precision, timezone = what.get("precision"), what.get("timezone", False)
        if precision is None or self.database == "sqlite":
            return plain(timezone=timezone and self.database == "postgres")
        return of_mysql(fsp=precision) if self.mysql else of_postgres(timezone=timezone, precision=precision)

    def type_time(self, _, what, __):
        return self.moment(what, sa.Time, postgresql.TIME, mysql.TIME)

    def type_date_time(self, _, what, __):
        return self.moment(what, sa.DateTime, postgresql.TIMESTAMP, mysql.DATETIME)

    def type_timestamp(self, _, what, __):
        return self.moment(what, sa.TIMESTAMP, postgresql.TIMESTAMP, mysql.TIMESTAMP)

    def type_interval(self, _, what, __):
        return postgresql.INTERVAL(fields=what.get("fields"), precision=what.get("precision"))

    def type_enum(self, _, what, __):
        if self.mysql or not what.get("name"):
            return mysql.ENUM(*what["values"]) if self.mysql else sa.Enum(*what["values"])
        return self.enum(what)

    def enum(self, what):
        key = (what["name"].get("schema"), what["name"]["name"])
        if key not in self.enums:
            name, schema = key[1], key[0]
            self.enums[key] = sa.Enum(*what["values"], name=name, schema=schema, metadata=self.metadata)
        return self.enums[key]

    def type_set(self, _, what, __):
        return mysql.SET(*what["values"])

    def type_array(self, _, what, place):
        return postgresql.ARRAY(self.type(what["of"], place))

    # --- constraints ---

    def name(self, item):
        """An exact name may be cut; one that is given is an error where it is too long."""
        name = item.get("name")
        return conv(name["exact"]) if isinstance(name, dict) else name

    def waiting(self, item):
        deferrable = item.get("deferrable")
        if deferrable is None:
            return {}
        return {"deferrable": True, "initially": deferrable.removeprefix("initially_").upper()}

    def conflict(self, item):
        action = item.get("on_conflict")
        return {"sqlite_on_conflict": action.upper()} if action and self.database == "sqlite" else {}

    def including(self, item):
        return {"postgresql_include": item["include"]} if item.get("include") else {}

    def primary_key(self, key):
        for column, length in key.get("prefixes", {}).items():
            self.unsaid.add(f"primary key: {column}({length})")
        return sa.PrimaryKeyConstraint(
            *key["columns"], name=self.name(key), **self.waiting(key), **self.conflict(key), **self.including(key))

    def unique(self, unique):
        nulls = {"postgresql_nulls_not_distinct": True} if unique.get("nulls_not_distinct") else {}
        return sa.UniqueConstraint(
            *unique["columns"], name=self.name(unique), **self.waiting(unique), **self.conflict(unique),
            **self.including(unique), **nulls)

    def foreign_key(self, key):
        table = key["referred_table"]
        path = ".".join(filter(None, (table.get("schema"), table["name"])))
        options = {"postgresql_not_valid": True} if key.get("not_valid") else {}
        if key.get("match_type"):
            options["match"] = key["match_type"].upper()
        return sa.ForeignKeyConstraint(
            key["columns"], [f"{path}.{column}" for column in key["referred_columns"]], name=self.name(key),
            ondelete=ACTIONS[key.get("on_delete", "no_action")], onupdate=ACTIONS[key.get("on_update", "no_action")],
            **self.waiting(key), **options)

    def check(self, check):
        for word in ("no_inherit", "not_enforced"):
            if check.get(word):
                self.unsaid.add(f"check {self.name(check)}: {word}")
        options = {"postgresql_not_valid": True} if check.get("not_valid") else {}
        return sa.CheckConstraint(text(self.on(check["expression"])), name=self.name(check), **options)

    def exclude(self, exclude):
        elements = [(text(element["expression"]), element["operator"]) for element in exclude["elements"]]
        predicate = exclude.get("predicate")
        return postgresql.ExcludeConstraint(
            *elements, name=self.name(exclude), using=exclude.get("using") or "gist",
            where=text(predicate) if predicate else None, **self.waiting(exclude))

    # --- indexes and tables ---

    def index(self, index, table):
        options = {}
        predicate, using = self.on(index.get("predicate")), self.on(index.get("using"))
        if predicate is not None and not self.mysql:
            options[f"{'sqlite' if self.database == 'sqlite' else 'postgresql'}_where"] = text(predicate)
        if using and self.database != "sqlite":
            options["mysql_using" if self.mysql else "postgresql_using"] = using
        if self.database == "postgres":
            options |= self.including(index)
            if index.get("nulls_not_distinct"):
                options["postgresql_nulls_not_distinct"] = True
            if index.get("storage_parameters"):
                options["postgresql_with"] = index["storage_parameters"]
            classes = {element["column"]: element["operator_class"] for element in index["elements"]
                       if element.get("operator_class") and "column" in element}
            if classes:
                options["postgresql_ops"] = classes
        if self.mysql:
            lengths = {element["column"]: element["length"] for element in index["elements"] if element.get("length")}
            if lengths:
                options["mysql_length"] = lengths
            if index.get("kind"):
                options["mysql_prefix"] = {"full_text": "FULLTEXT", "spatial": "SPATIAL"}[index["kind"]]
            if index.get("parser"):
                options["mysql_with_parser"] = index["parser"]
        if index.get("comment") and self.database != "sqlite":
            self.unsaid.add(f"index {self.name(index)}: {index['comment']}")
        elements = [self.element(element, table) for element in index["elements"]]
        made = sa.Index(self.name(index), *elements, unique=index.get("unique", False), **options)
        if made.table is None:
            table.append_constraint(made) if hasattr(made, "columns_autoinclude") else made._set_parent(table)

    def element(self, element, table):
        if "column" in element:
            made = table.c[element["column"]]
        else:
            sql = self.on(element["expression"])
            bare = re.fullmatch(r"\w+\([^()]*\)", sql) or sql.startswith("(") and self.mysql
            made = text(sql if bare else f"({sql})")
        if element.get("collation"):
            made = made.collate(element["collation"])
        if element.get("descending"):
            made = made.desc() if "column" in element else text(f"{made.text} DESC")
        if element.get("nulls"):
            made = made.nulls_first() if element["nulls"] == "first" else made.nulls_last()
        return made

    def table_options(self, options, table):
        made = {}
        if self.mysql:
            for name, word in (("engine", "engine"), ("character_set", "charset"), ("collation", "collate"),
                               ("row_format", "row_format"), ("auto_increment", "auto_increment")):
                if options.get(name) is not None:
                    made[f"mysql_{word}"] = str(options[name])
            for name, value in options.get("other", {}).items():
                made[f"mysql_{name.lower()}"] = value
        elif self.database == "sqlite":
            for name, option in (("strict", ("sqlite_strict", True)), ("without_rowid", ("sqlite_with_rowid", False)),
                                 ("never_reuse_ids", ("sqlite_autoincrement", True))):
                if options.get(name):
                    made |= dict([option])
        else:
            if options.get("unlogged"):
                made["prefixes"] = ["UNLOGGED"]
            if options.get("storage_parameters"):
                made["postgresql_with"] = options["storage_parameters"]
            if options.get("inherits"):
                made["postgresql_inherits"] = tuple(parent["name"] for parent in options["inherits"])
            if options.get("partition_by"):
                made["postgresql_partition_by"] = self.on(options["partition_by"])
        return made


def text(sql):
    """SQL as it is: a colon makes no parameter."""
    return sa.text(re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", sql))

//! The schemas: whose they are, and how their own tools make them.

use super::super::database::Kind;

/// A schema that somebody else made.
pub(super) struct Schema {
    /// What it is called here.
    pub(super) name: &'static str,
    /// What makes it, with its version.
    pub(super) what: &'static str,
    pub(super) made: Made,
}

/// How a database gets a schema.
pub(super) enum Made {
    /// By the real Airflow, from its ORM.
    Airflow,
    /// By a script in `xtask/oracle/schemas/`, with packages of Python.
    Script {
        /// The name of the environment and of its requirements.
        venv: &'static str,
        /// The script, and what it is told.
        call: &'static [&'static str],
        on: &'static [Kind],
    },
    /// By files of SQL out of a Debian package.
    Files { packages: &'static [&'static str], files: &'static [(&'static [Kind], &'static [&'static str])] },
}

impl Schema {
    /// Whether there is one for such a database.
    pub(super) fn is_for(&self, kind: Kind) -> bool {
        match &self.made {
            Made::Airflow => true,
            Made::Script { on, .. } => on.contains(&kind),
            Made::Files { files, .. } => files.iter().any(|(kinds, _)| kinds.contains(&kind)),
        }
    }
}

const POSTGRES: &[Kind] = &[Kind::Postgres];
const MYSQL: &[Kind] = &[Kind::Mysql, Kind::Mariadb];
const SQLITE: &[Kind] = &[Kind::Sqlite];

/// All of them.
pub(super) const ALL: &[Schema] = &[
    Schema { name: "airflow", what: "Apache Airflow 3.3.2, from its ORM", made: Made::Airflow },
    Schema {
        name: "django",
        what: "Django 5.2's applications, allauth, OAuth toolkit, guardian, taggit, celery beat, celery results",
        made: Made::Script { venv: "django", call: &["django_apps.py", "allauth"], on: &Kind::ALL },
    },
    Schema {
        name: "wagtail",
        what: "Wagtail 8.0 by its migrations, with its search",
        made: Made::Script { venv: "django", call: &["django_apps.py", "wagtail"], on: &Kind::ALL },
    },
    Schema {
        name: "buildbot",
        what: "Buildbot 4.3",
        made: Made::Script { venv: "buildbot", call: &["buildbot_tables.py"], on: &Kind::ALL },
    },
    Schema {
        name: "jupyterhub",
        what: "JupyterHub 6.1",
        made: Made::Script { venv: "jupyterhub", call: &["jupyterhub_tables.py"], on: &Kind::ALL },
    },
    Schema {
        name: "optuna",
        what: "Optuna 5.0",
        made: Made::Script { venv: "optuna", call: &["optuna_tables.py"], on: &Kind::ALL },
    },
    Schema {
        name: "prefect",
        what: "Prefect 3.8",
        made: Made::Script {
            venv: "prefect",
            call: &["prefect_tables.py"],
            on: &[Kind::Postgres, Kind::Sqlite],
        },
    },
    Schema {
        name: "procrastinate",
        what: "Procrastinate 3.10",
        made: Made::Script { venv: "procrastinate", call: &["procrastinate_tables.py"], on: POSTGRES },
    },
    Schema {
        name: "bacula",
        what: "Bacula 9.6's catalog",
        made: Made::Files {
            packages: &[
                "bacula-director-pgsql=9.6.7-7",
                "bacula-director-mysql=9.6.7-7",
                "bacula-director-sqlite3=9.6.7-7",
            ],
            files: &[
                (POSTGRES, &["usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql"]),
                (MYSQL, &["usr/share/dbconfig-common/data/bacula-director-mysql/install/mysql"]),
                (SQLITE, &["usr/share/dbconfig-common/data/bacula-director-sqlite3/install/sqlite3"]),
            ],
        },
    },
    Schema {
        name: "ejabberd",
        what: "ejabberd 23.01",
        made: Made::Files {
            packages: &["ejabberd=23.01-1"],
            files: &[
                (POSTGRES, &["usr/share/ejabberd/sql/pg.new.sql"]),
                (MYSQL, &["usr/share/ejabberd/sql/mysql.new.sql"]),
                (SQLITE, &["usr/share/ejabberd/sql/lite.new.sql"]),
            ],
        },
    },
    Schema {
        name: "freeradius",
        what: "FreeRADIUS 3.2",
        made: Made::Files {
            packages: &["freeradius-config=3.2.1+dfsg-4+deb12u1"],
            files: &[
                (POSTGRES, &["etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql"]),
                (MYSQL, &["etc/freeradius/3.0/mods-config/sql/main/mysql/schema.sql"]),
                (SQLITE, &["etc/freeradius/3.0/mods-config/sql/main/sqlite/schema.sql"]),
            ],
        },
    },
    Schema {
        name: "icinga",
        what: "Icinga 2.13's IDO",
        made: Made::Files {
            packages: &["icinga2-ido-pgsql=2.13.6-2+deb12u2", "icinga2-ido-mysql=2.13.6-2+deb12u2"],
            files: &[
                (POSTGRES, &["usr/share/icinga2-ido-pgsql/schema/pgsql.sql"]),
                (MYSQL, &["usr/share/icinga2-ido-mysql/schema/mysql.sql"]),
            ],
        },
    },
    Schema {
        name: "kea",
        what: "Kea 2.2",
        made: Made::Files {
            packages: &["kea-admin=2.2.0-6"],
            files: &[
                (POSTGRES, &["usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql"]),
                (MYSQL, &["usr/share/kea/scripts/mysql/dhcpdb_create.mysql"]),
            ],
        },
    },
    Schema {
        name: "mediawiki",
        what: "MediaWiki 1.39",
        made: Made::Files {
            packages: &["mediawiki=1:1.39.17-1+deb12u2"],
            files: &[
                (
                    POSTGRES,
                    &[
                        "usr/share/mediawiki/maintenance/postgres/tables-generated.sql",
                        "usr/share/mediawiki/maintenance/postgres/tables.sql",
                    ],
                ),
                (
                    MYSQL,
                    &[
                        "usr/share/mediawiki/maintenance/tables-generated.sql",
                        "usr/share/mediawiki/maintenance/tables.sql",
                    ],
                ),
                (SQLITE, &["usr/share/mediawiki/maintenance/sqlite/tables-generated.sql"]),
            ],
        },
    },
    Schema {
        name: "powerdns",
        what: "PowerDNS 4.7",
        made: Made::Files {
            packages: &[
                "pdns-backend-pgsql=4.7.3-2",
                "pdns-backend-mysql=4.7.3-2",
                "pdns-backend-sqlite3=4.7.3-2",
            ],
            files: &[
                (POSTGRES, &["usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql"]),
                (MYSQL, &["usr/share/pdns-backend-mysql/schema/schema.mysql.sql"]),
                (SQLITE, &["usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"]),
            ],
        },
    },
    Schema {
        name: "roundcube",
        what: "Roundcube 1.6",
        made: Made::Files {
            packages: &["roundcube-core=1.6.5+dfsg-1+deb12u13"],
            files: &[
                (POSTGRES, &["usr/share/roundcube/SQL/postgres.initial.sql"]),
                (MYSQL, &["usr/share/roundcube/SQL/mysql.initial.sql"]),
                (SQLITE, &["usr/share/roundcube/SQL/sqlite.initial.sql"]),
            ],
        },
    },
    Schema {
        name: "tt-rss",
        what: "Tiny Tiny RSS 21",
        made: Made::Files {
            packages: &["tt-rss=21~git20210204.b4cbc79+dfsg-1.2"],
            files: &[
                (POSTGRES, &["usr/share/tt-rss/schema/ttrss_schema_pgsql.sql"]),
                (MYSQL, &["usr/share/tt-rss/schema/ttrss_schema_mysql.sql"]),
            ],
        },
    },
    Schema {
        name: "zabbix",
        what: "Zabbix 6.0",
        made: Made::Files {
            packages: &["zabbix-server-pgsql=1:6.0.14+dfsg-1+b1", "zabbix-server-mysql=1:6.0.14+dfsg-1+b1"],
            files: &[
                (POSTGRES, &["usr/share/zabbix-server-pgsql/schema.sql.gz"]),
                (MYSQL, &["usr/share/zabbix-server-mysql/schema.sql.gz"]),
            ],
        },
    },
];

//! A connection lost while a step is committed: the server has committed, and the client cannot know.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dunlin::core::prelude::*;
use dunlin::{Access, Database, DatabaseUrl, Left};

use crate::support::*;

/// A URL whose connections end right after the server got its COMMIT, before its answer is passed on.
fn cut_at_commit(url: &str) -> String {
    let authority = url.split("://").nth(1).unwrap().split(['/', '?']).next().unwrap();
    let server = authority.rsplit('@').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().to_string();
    let cut_url = url.replacen(&server, &own, 1);
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut server = TcpStream::connect(&server).unwrap();
        let cut = Arc::new(AtomicBool::new(false));
        let (mut answers, mut asker, silent) =
            (server.try_clone().unwrap(), client.try_clone().unwrap(), cut.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(length @ 1..) = answers.read(&mut buffer) {
                if !silent.load(Ordering::SeqCst) {
                    asker.write_all(&buffer[..length]).unwrap();
                }
            }
        });
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            let commits = buffer[..length].windows(6).any(|word| word == b"COMMIT");
            cut.store(commits, Ordering::SeqCst);
            server.write_all(&buffer[..length]).unwrap();
            if commits {
                std::thread::sleep(Duration::from_millis(300));
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    });
    cut_url
}

db_test_on! {
    [postgres: Postgres]
    async fn nobody_knows_what_a_lost_commit_did(db) {
        let create: Record = |op| {
            op.create_table("a", |t| {
                t.column("id", DataType::Integer);
            });
        };
        let migrator = migrator(db, [manager(&[("a", create, |op| op.drop_table("a"))])]);
        let url = DatabaseUrl::parse(&cut_at_commit(db.url())).unwrap();
        let mut database = Database::connect(&url, Access::Write).await.unwrap();
        let failure = upgrade(&migrator, &mut database, "a").await.unwrap_err();
        assert_eq!(failure.left, Left::Unknown, "{}", chain(&failure));
        // It was done, as looking says.
        assert!(db.tables().await.contains(&"a".to_owned()));
        let status = done(migrator.status(&mut db.connect().await).await);
        assert!(status[0].is_up_to_date());
    }
}

//! Does a server answer? The first messages of its protocol, over TCP.
//!
//! No client program is needed, and an answer means that the server takes connections, not only that a port is open.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::server::{ADMIN, Server};
use crate::Result;

const TIMEOUT: Duration = Duration::from_secs(3);

/// What a server that answers says of itself.
pub(super) struct Answer {
    /// MySQL and MariaDB say their version in the greeting; PostgreSQL only after a login.
    pub(super) version: Option<String>,
}

/// Asks the server at `host:port`. An error means: not there, not ready, or not that kind of server.
pub(super) fn probe(server: Server, host: &str, port: u16) -> Result<Answer> {
    let address = (host, port).to_socket_addrs()?.next().ok_or("the host name has no address")?;
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    match server {
        Server::Postgres => postgres(&mut stream),
        Server::Mysql | Server::Mariadb => mysql(&mut stream, server),
    }
}

/// A startup message: a server that is ready asks for a password, or says why not; one that is starting says 57P03.
fn postgres(stream: &mut TcpStream) -> Result<Answer> {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for word in ["user", ADMIN, "database", "postgres", ""] {
        body.extend_from_slice(word.as_bytes());
        body.push(0);
    }
    let length = u32::try_from(body.len() + 4)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&body)?;

    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]).clamp(4, 10_000) - 4;
    let mut message = vec![0; length as usize];
    stream.read_exact(&mut message)?;
    match head[0] {
        b'R' => Ok(Answer { version: None }),
        b'E' => {
            let field = |code| {
                let mut fields = message.split(|byte| *byte == 0);
                let found = fields.find(|field| field.first() == Some(&code))?;
                Some(String::from_utf8_lossy(&found[1..]).into_owned())
            };
            // Any other refusal is an answer too: the URL may name another user, all connections may be taken.
            if field(b'C').as_deref() == Some("57P03") {
                return Err(field(b'M').unwrap_or_else(|| "it is not ready".to_owned()).into());
            }
            Ok(Answer { version: None })
        }
        _ => Err("what listens there is not PostgreSQL".into()),
    }
}

/// The greeting, which holds the version.
fn mysql(stream: &mut TcpStream, server: Server) -> Result<Answer> {
    let mut head = [0; 4];
    stream.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]).min(10_000);
    let mut message = vec![0; length as usize];
    stream.read_exact(&mut message)?;
    match message.split_first() {
        Some((10, rest)) => {
            let version = rest.split(|byte| *byte == 0).next().unwrap_or_default();
            let version = String::from_utf8_lossy(version);
            // MariaDB before 11 puts "5.5.5-" first, for old replicas.
            let version = version.strip_prefix("5.5.5-").unwrap_or(&version);
            if version.contains("MariaDB") != (server == Server::Mariadb) {
                return Err(format!("what answers there is not {}: version {version}", server.name()).into());
            }
            Ok(Answer { version: Some(version.to_owned()) })
        }
        // A refusal, such as too many connections, is an answer too.
        Some((0xff, _)) => Ok(Answer { version: None }),
        _ => Err("what listens there is neither MySQL nor MariaDB".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What a probe makes of a server that says `message`.
    fn probed(server: Server, message: Vec<u8>) -> Result<Option<String>> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(&message).unwrap();
            // Open until the other side has read it.
            stream.read_to_end(&mut Vec::new()).ok();
        });
        let result = probe(server, "127.0.0.1", port).map(|answer| answer.version);
        said.join().unwrap();
        result
    }

    fn postgres_message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    fn greeting(body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [&length[..3], &[0], body].concat()
    }

    #[test]
    fn postgres_is_ready_when_it_asks_for_a_password_or_refuses_the_user() {
        let says = |kind, body: &[u8]| probed(Server::Postgres, postgres_message(kind, body));
        assert_eq!(says(b'R', &[0, 0, 0, 10]).unwrap(), None);
        assert_eq!(says(b'E', b"SFATAL\0C53300\0Msorry, too many clients\0\0").unwrap(), None);
        let starting = says(b'E', b"SFATAL\0C57P03\0Mthe database system is starting up\0\0").unwrap_err();
        assert_eq!(starting.to_string(), "the database system is starting up");
        assert!(says(b'H', b"TTP/1.1 400").is_err());
    }

    #[test]
    fn mysql_and_mariadb_are_told_apart() {
        let version = |server, version: &[u8]| {
            probed(server, greeting(&[&[10], version, &[0, 1, 2, 3]].concat())).map(Option::unwrap)
        };
        assert_eq!(version(Server::Mysql, b"9.7.4").unwrap(), "9.7.4");
        assert_eq!(version(Server::Mariadb, b"5.5.5-10.11.2-MariaDB").unwrap(), "10.11.2-MariaDB");
        assert!(version(Server::Mysql, b"11.4.1-MariaDB").is_err());
        assert!(version(Server::Mariadb, b"9.7.4").is_err());
        assert_eq!(probed(Server::Mysql, greeting(b"\xff\x10\x04Too many connections")).unwrap(), None);
    }
}

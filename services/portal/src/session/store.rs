//! Where sessions are kept: in Postgres, by the digest of their secret.

use deadpool_postgres::{Object, PoolError};
use eventlog::ids;
use events::{AdministratorId, Digest, Seq, Tenant};
use jiff::{SignedDuration, Timestamp};
use projector::Database;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::{IDLE, LONGEST, Notice, Session, csrf};

/// How often it is noted that a session is used: a minute is enough for everybody.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What the secrets of sessions begin with, for people and for scanners.
const PREFIX: &str = "rcb_";

/// The sessions of all administrators. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    database: Database,
    now: fn() -> Timestamp,
}

/// Why sessions cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// The pool gave no connection.
    #[error("borrow a connection to look at sessions")]
    Connect(#[from] PoolError),
    /// Postgres refused.
    #[error("look at sessions")]
    Ask(#[source] projector::database::SqlError),
}

impl From<tokio_postgres::Error> for SessionsError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Ask(error.into())
    }
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug)]
pub(crate) struct ListedSession {
    /// Its id.
    pub(crate) id: Uuid,
    /// Which browser, in words.
    pub(crate) browser: String,
    /// When somebody signed in.
    pub(crate) begun_at: Timestamp,
    /// When it was used last, to the minute.
    pub(crate) seen_at: Timestamp,
}

impl Sessions {
    /// Makes the tables if they are not there yet.
    pub(crate) async fn open(
        database: Database,
        now: fn() -> Timestamp,
    ) -> Result<Self, SessionsError> {
        let sessions = Self { database, now };
        let client = sessions.client().await?;
        client.batch_execute(include_str!("../../sql/schema.sql")).await?;
        Ok(sessions)
    }

    /// Begins a session; the secret is for the cookie, and written down nowhere.
    pub(crate) async fn begin(
        &self,
        administrators: &[(Tenant, AdministratorId)],
        browser: &str,
    ) -> Result<String, SessionsError> {
        let (secret, digest) = ids::secret(PREFIX);
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let (id, now) = (ids::uuid_v7(), (self.now)());
        // Who signs in makes room: sessions that have ended are of no use to anybody.
        let (idle, longest) = (now - IDLE, now - LONGEST);
        let ended = "DELETE FROM portal.sessions WHERE seen_at < $1 OR begun_at < $2";
        transaction.execute(ended, &[&idle, &longest]).await?;
        let begin = "INSERT INTO portal.sessions (session, secret, browser, begun_at, seen_at) \
                     VALUES ($1, $2, $3, $4, $4)";
        transaction.execute(begin, &[&id, &&digest.0[..], &browser, &now]).await?;
        for (tenant, administrator) in administrators {
            let also = "INSERT INTO portal.session_administrators VALUES ($1, $2, $3)";
            transaction.execute(also, &[&id, &tenant.as_str(), &administrator.0]).await?;
        }
        transaction.commit().await?;
        Ok(secret)
    }

    /// The living session with this secret, with the notice that it has for the next page alone.
    pub(crate) async fn find(&self, secret: &str) -> Result<Option<Session>, SessionsError> {
        let client = self.client().await?;
        let (digest, now) = (Digest::of(secret.as_bytes()), (self.now)());
        let find = "SELECT s.session, s.notice, s.after_seq, s.after_at, \
                        array_agg(a.tenant ORDER BY a.tenant), \
                        array_agg(a.administrator ORDER BY a.tenant) \
                    FROM portal.sessions s JOIN portal.session_administrators a USING (session) \
                    WHERE s.secret = $1 AND s.seen_at >= $2 AND s.begun_at >= $3 \
                    GROUP BY s.session";
        let find = client.prepare_cached(find).await?;
        let row =
            client.query_opt(&find, &[&&digest.0[..], &(now - IDLE), &(now - LONGEST)]).await?;
        let Some(row) = row else { return Ok(None) };
        let (tenants, ids): (Vec<String>, Vec<Uuid>) = (row.get(4), row.get(5));
        let named = tenants.iter().zip(ids);
        let administrators = named
            .filter_map(|(tenant, id)| Some((tenant.parse().ok()?, AdministratorId(id))))
            .collect();
        let session = Session {
            id: row.get(0),
            csrf: csrf(secret),
            administrators,
            notice: row.get::<_, Option<Json<Notice>>>(1).map(|Json(notice)| notice),
            after: Seq(row.get::<_, i64>(2).cast_unsigned()),
            after_at: row.get(3),
        };
        self.seen(&client, &session, now).await?;
        Ok(Some(session))
    }

    /// Whether a session has not ended.
    pub(crate) async fn lives(&self, session: Uuid) -> Result<bool, SessionsError> {
        let client = self.client().await?;
        let now = (self.now)();
        let find =
            "SELECT FROM portal.sessions WHERE session = $1 AND seen_at >= $2 AND begun_at >= $3";
        let find = client.prepare_cached(find).await?;
        let row = client.query_opt(&find, &[&session, &(now - IDLE), &(now - LONGEST)]).await?;
        Ok(row.is_some())
    }

    /// Notes that it was used.
    async fn seen(
        &self,
        client: &Object,
        session: &Session,
        now: Timestamp,
    ) -> Result<(), SessionsError> {
        let seen = "UPDATE portal.sessions SET seen_at = $2 WHERE session = $1 AND seen_at < $3";
        let seen = client.prepare_cached(seen).await?;
        client.execute(&seen, &[&session.id, &now, &(now - SEEN_EVERY)]).await?;
        Ok(())
    }

    /// Keeps what the next page says, and what it has to have seen.
    pub(crate) async fn leave(
        &self,
        session: Uuid,
        notice: Option<&Notice>,
        after: Seq,
    ) -> Result<(), SessionsError> {
        let client = self.client().await?;
        let leave = "UPDATE portal.sessions SET notice = $2, after_seq = $3, after_at = $4 \
                     WHERE session = $1";
        let values = (notice.map(Json), after.0.cast_signed(), (self.now)());
        client.execute(leave, &[&session, &values.0, &values.1, &values.2]).await?;
        Ok(())
    }

    /// Forgets what a page has said.
    pub(crate) async fn told(&self, session: Uuid) -> Result<(), SessionsError> {
        let client = self.client().await?;
        let told = "UPDATE portal.sessions SET notice = NULL WHERE session = $1";
        client.execute(told, &[&session]).await?;
        Ok(())
    }

    /// Ends a session at once.
    pub(crate) async fn end(&self, session: Uuid) -> Result<(), SessionsError> {
        let client = self.client().await?;
        client.execute("DELETE FROM portal.sessions WHERE session = $1", &[&session]).await?;
        Ok(())
    }

    /// Ends what an administrator's sessions open at a tenant, at once. What they open at others is not this
    /// tenant's to end.
    pub(crate) async fn end_of(
        &self,
        tenant: &Tenant,
        administrator: AdministratorId,
    ) -> Result<(), SessionsError> {
        let client = self.client().await?;
        let end =
            "DELETE FROM portal.session_administrators WHERE tenant = $1 AND administrator = $2";
        client.execute(end, &[&tenant.as_str(), &administrator.0]).await?;
        Ok(())
    }

    /// The living sessions of whoever is one of these administrators, the last used first.
    pub(crate) async fn of(
        &self,
        administrators: &[(Tenant, AdministratorId)],
    ) -> Result<Vec<ListedSession>, SessionsError> {
        let client = self.client().await?;
        let now = (self.now)();
        let ids: Vec<Uuid> = administrators.iter().map(|(_, id)| id.0).collect();
        let list = "SELECT session, browser, begun_at, seen_at FROM portal.sessions \
                    WHERE seen_at >= $2 AND begun_at >= $3 AND session IN \
                        (SELECT session FROM portal.session_administrators WHERE administrator = ANY ($1)) \
                    ORDER BY seen_at DESC";
        let rows = client.query(list, &[&ids, &(now - IDLE), &(now - LONGEST)]).await?;
        let listed = |row: &tokio_postgres::Row| ListedSession {
            id: row.get(0),
            browser: row.get(1),
            begun_at: row.get(2),
            seen_at: row.get(3),
        };
        Ok(rows.iter().map(listed).collect())
    }

    async fn client(&self) -> Result<Object, SessionsError> {
        Ok(self.database.pool().get().await?)
    }
}

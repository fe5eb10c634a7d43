//! Where sessions are kept: in Postgres, by the digest of their secret.

use deadpool_postgres::{Object, PoolError};
use eventlog::ids;
use events::{AdministratorId, Digest, Seq, Tenant};
use jiff::{SignedDuration, Timestamp};
use projector::Database;
use uuid::Uuid;

use super::notice::{Notice, naming};
use super::{IDLE, LONGEST, Session, csrf};
use crate::fields::Fields;

/// How often it is noted that a session is used: a minute is enough for everybody.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A notice that nobody came to read is forgotten.
const NOTICE_KEPT: SignedDuration = SignedDuration::from_mins(10);

/// What the secrets of sessions begin with, for people and for scanners.
const PREFIX: &str = "rcb_";

/// The sessions of all administrators. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    database: Database,
    now: fn() -> Timestamp,
}

/// The session in which a browser was before somebody signed in there anew.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    /// Its id.
    pub(crate) session: Uuid,
    /// Those of its administrators who are the person who signs in now.
    pub(crate) same_person: Vec<AdministratorId>,
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

    /// Begins a session; the secret is for the cookie, and written down nowhere. The session of the same browser before
    /// it ends. What that opens to the same person at other tenants goes on in this one, and ends there when it would
    /// have ended.
    pub(crate) async fn begin(
        &self,
        administrators: &[(Tenant, AdministratorId)],
        browser: &str,
        before: Option<Before>,
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
            let also = "INSERT INTO portal.session_administrators \
                        (session, tenant, administrator, begun_at) VALUES ($1, $2, $3, $4)";
            transaction.execute(also, &[&id, &tenant.as_str(), &administrator.0, &now]).await?;
        }
        if let Some(Before { session, same_person }) = before {
            let goes_on = "INSERT INTO portal.session_administrators \
                               (session, tenant, administrator, begun_at) \
                           SELECT $1, a.tenant, a.administrator, coalesce(a.begun_at, s.begun_at) \
                           FROM portal.session_administrators a JOIN portal.sessions s USING (session) \
                           WHERE session = $2 AND coalesce(a.begun_at, s.begun_at) >= $3 \
                               AND a.administrator = ANY ($4) \
                           ON CONFLICT DO NOTHING";
            let ids: Vec<Uuid> = same_person.iter().map(|id| id.0).collect();
            transaction.execute(goes_on, &[&id, &session, &longest, &ids]).await?;
            let end = "DELETE FROM portal.sessions WHERE session = $1";
            transaction.execute(end, &[&session]).await?;
        }
        transaction.commit().await?;
        Ok(secret)
    }

    /// The living session with this secret, in the name of whoever has not signed in too long ago.
    pub(crate) async fn find(&self, secret: &str) -> Result<Option<Session>, SessionsError> {
        let client = self.client().await?;
        let (digest, now) = (Digest::of(secret.as_bytes()), (self.now)());
        let find = "SELECT s.session, s.after_seq, s.after_at, \
                        array_agg(a.tenant ORDER BY a.tenant), \
                        array_agg(a.administrator ORDER BY a.tenant) \
                    FROM portal.sessions s JOIN portal.session_administrators a USING (session) \
                    WHERE s.secret = $1 AND s.seen_at >= $2 \
                        AND coalesce(a.begun_at, s.begun_at) >= $3 \
                    GROUP BY s.session";
        let find = client.prepare_cached(find).await?;
        let row =
            client.query_opt(&find, &[&&digest.0[..], &(now - IDLE), &(now - LONGEST)]).await?;
        let Some(row) = row else { return Ok(None) };
        let (tenants, ids): (Vec<String>, Vec<Uuid>) = (row.get(3), row.get(4));
        let named = tenants.iter().zip(ids);
        let administrators = named
            .filter_map(|(tenant, id)| Some((tenant.parse().ok()?, AdministratorId(id))))
            .collect();
        let session = Session {
            id: row.get(0),
            csrf: csrf(secret),
            administrators,
            notice: None,
            after: Seq(row.get::<_, i64>(1).cast_unsigned()),
            after_at: row.get(2),
        };
        self.seen(&client, &session, now).await?;
        Ok(Some(session))
    }

    /// Whether a session has not ended for an administrator.
    pub(crate) async fn lives(
        &self,
        session: Uuid,
        administrator: AdministratorId,
    ) -> Result<bool, SessionsError> {
        let client = self.client().await?;
        let now = (self.now)();
        let find = "SELECT FROM portal.sessions s JOIN portal.session_administrators a USING (session) \
                    WHERE session = $1 AND a.administrator = $2 AND s.seen_at >= $3 \
                        AND coalesce(a.begun_at, s.begun_at) >= $4";
        let find = client.prepare_cached(find).await?;
        let values = (administrator.0, now - IDLE, now - LONGEST);
        let row = client.query_opt(&find, &[&session, &values.0, &values.1, &values.2]).await?;
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

    /// Keeps what the next pages have to have seen.
    pub(crate) async fn after(&self, session: Uuid, after: Seq) -> Result<(), SessionsError> {
        let client = self.client().await?;
        let leave = "UPDATE portal.sessions SET after_seq = $2, after_at = $3 WHERE session = $1";
        let values = (after.0.cast_signed(), (self.now)());
        client.execute(leave, &[&session, &values.0, &values.1]).await?;
        Ok(())
    }

    /// Ends a session at once, whatever it opens.
    pub(crate) async fn end(&self, session: Uuid) -> Result<(), SessionsError> {
        let client = self.client().await?;
        client.execute("DELETE FROM portal.sessions WHERE session = $1", &[&session]).await?;
        Ok(())
    }

    /// Ends what a session opens to these administrators, at once. What it opens to others is not theirs to end.
    pub(crate) async fn end_for(
        &self,
        session: Uuid,
        administrators: &[(Tenant, AdministratorId)],
    ) -> Result<(), SessionsError> {
        let client = self.client().await?;
        let ids: Vec<Uuid> = administrators.iter().map(|(_, id)| id.0).collect();
        let end = "DELETE FROM portal.session_administrators \
                   WHERE session = $1 AND administrator = ANY ($2)";
        client.execute(end, &[&session, &ids]).await?;
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

    /// The sessions that are open to one of these administrators, the last used first: each as that one began it.
    pub(crate) async fn of(
        &self,
        administrators: &[(Tenant, AdministratorId)],
    ) -> Result<Vec<ListedSession>, SessionsError> {
        let client = self.client().await?;
        let now = (self.now)();
        let ids: Vec<Uuid> = administrators.iter().map(|(_, id)| id.0).collect();
        let list = "SELECT session, s.browser, min(coalesce(a.begun_at, s.begun_at)), s.seen_at \
                    FROM portal.sessions s JOIN portal.session_administrators a USING (session) \
                    WHERE a.administrator = ANY ($1) AND s.seen_at >= $2 \
                        AND coalesce(a.begun_at, s.begun_at) >= $3 \
                    GROUP BY session, s.browser, s.seen_at ORDER BY s.seen_at DESC";
        let rows = client.query(list, &[&ids, &(now - IDLE), &(now - LONGEST)]).await?;
        let listed = |row: &tokio_postgres::Row| ListedSession {
            id: row.get(0),
            browser: row.get(1),
            begun_at: row.get(2),
            seen_at: row.get(3),
        };
        Ok(rows.iter().map(listed).collect())
    }

    /// Keeps a notice for a page of this session, and returns the address of the page that says it.
    pub(crate) async fn leave(
        &self,
        session: Uuid,
        notice: &Notice,
        path: &str,
    ) -> Result<String, SessionsError> {
        let client = self.client().await?;
        let (id, now) = (ids::uuid_v7(), (self.now)());
        let forgotten = "DELETE FROM portal.notices WHERE session = $1 AND left_at < $2";
        client.execute(forgotten, &[&session, &(now - NOTICE_KEPT)]).await?;
        let leave = "INSERT INTO portal.notices (notice, session, done, text, typed, left_at) \
                     SELECT $1, session, $3, $4, $5, $6 FROM portal.sessions WHERE session = $2";
        let (done, text, typed) = (&notice.done, &notice.text, notice.typed.write());
        client.execute(leave, &[&id, &session, done, text, &typed, &now]).await?;
        Ok(naming(path, id))
    }

    /// The notice of this session that a page is asked to say; nothing, if it was said before.
    pub(crate) async fn notice(
        &self,
        session: Uuid,
        id: Uuid,
    ) -> Result<Option<Notice>, SessionsError> {
        let client = self.client().await?;
        let find =
            "SELECT done, text, typed FROM portal.notices WHERE notice = $1 AND session = $2";
        let row = client.query_opt(find, &[&id, &session]).await?;
        Ok(row.map(|row| {
            let typed = Fields::read(row.get::<_, String>(2).as_bytes());
            Notice { done: row.get(0), text: row.get(1), typed }
        }))
    }

    /// Forgets a notice that a page has said.
    pub(crate) async fn told(&self, session: Uuid, id: Uuid) -> Result<(), SessionsError> {
        let client = self.client().await?;
        let told = "DELETE FROM portal.notices WHERE notice = $1 AND session = $2";
        client.execute(told, &[&id, &session]).await?;
        Ok(())
    }

    async fn client(&self) -> Result<Object, SessionsError> {
        Ok(self.database.pool().get().await?)
    }
}

//! One object's turn: match, create, update, delete; the same for people and for groups.

use http::{Method, StatusCode};
use serde_json::Value;

use super::plan::Step;
use crate::client::{Answer, Client, ClientError, ResourceType, id_of};
use crate::dialect::{Dialect, difference};
use crate::mapping::{ACTIVE, Attribute, Path, new_group, new_user, value_at};

/// What an object's turn is done with.
#[derive(Clone, Debug)]
pub(crate) struct ObjectSync<'a> {
    pub(crate) client: &'a Client,
    pub(crate) dialect: Dialect,
    pub(crate) resource_type: ResourceType,
    /// The matching attributes, in order of precedence.
    pub(crate) matching: Vec<Path>,
}

/// What became of an object in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Created,
    /// It was there already, under another anchor or under none.
    Matched,
    Updated,
    Unchanged,
}

/// How an object's turn ended.
pub(crate) enum Synced {
    At {
        resource: String,
        action: Action,
    },
    /// Gone on the other side, and not wanted there.
    Deleted,
    Forgotten,
}

impl ObjectSync<'_> {
    /// Carries out one step.
    pub(crate) async fn sync(
        &self,
        step: Step,
        known: Option<String>,
        wanted: &[Attribute],
    ) -> Result<Synced, ClientError> {
        let at = |(resource, action)| Synced::At { resource, action };
        match (step, known) {
            (Step::Provision(_), _) | (Step::Update(_), None) => {
                self.provision(wanted).await.map(at)
            }
            (Step::Update(_), Some(resource)) => match self.update(&resource, wanted).await? {
                Some(action) => Ok(at((resource, action))),
                None if value_at(wanted, ACTIVE) == Some(&Value::Bool(false)) => {
                    Ok(Synced::Deleted)
                }
                // Gone over there: match again, then create.
                None => self.provision(wanted).await.map(at),
            },
            (Step::Delete(_), Some(resource)) => {
                self.client.delete(self.resource_type, &resource).await.map(|_| Synced::Deleted)
            }
            (Step::Delete(_) | Step::Forget(_), _) => Ok(Synced::Forgotten),
        }
    }

    /// Finds the object by its matching attributes, and updates or creates it.
    async fn provision(&self, wanted: &[Attribute]) -> Result<(String, Action), ClientError> {
        if let Some(id) = self.find(wanted).await? {
            self.update(&id, wanted).await?;
            return Ok((id, Action::Matched));
        }
        let body = match self.resource_type {
            ResourceType::User => new_user(wanted),
            ResourceType::Group => new_group(wanted),
        };
        let answer = self.client.post(self.resource_type, &body).await?;
        match answer.status {
            StatusCode::CREATED => {
                let id = id_of(&answer.body).map(str::to_owned);
                let id = id.ok_or_else(|| self.wrong(Method::POST, "a 201 without an id"))?;
                Ok((id, Action::Created))
            }
            // Said twice, or taken by somebody else: look whether it is there after all.
            StatusCode::CONFLICT => match self.find(wanted).await? {
                Some(id) => {
                    self.update(&id, wanted).await?;
                    // Nothing was there a moment ago, so this is our own creation, whose answer came late.
                    Ok((id, Action::Created))
                }
                None => Err(self.refused(Method::POST, &answer)),
            },
            _ => Err(self.refused(Method::POST, &answer)),
        }
    }

    /// Reads the resource and sends what differs; nothing when it is gone.
    async fn update(&self, id: &str, wanted: &[Attribute]) -> Result<Option<Action>, ClientError> {
        let Some(resource) = self.client.get(self.resource_type, id).await? else {
            return Ok(None);
        };
        let changes = difference(wanted, &resource);
        if changes.is_empty() {
            return Ok(Some(Action::Unchanged));
        }
        let answer =
            self.client.patch(self.resource_type, id, &self.dialect.patch(&changes)).await?;
        match answer.status {
            StatusCode::OK
                if self.resource_type == ResourceType::User && id_of(&answer.body) != Some(id) =>
            {
                Err(self.wrong(Method::PATCH, "a 200 without the resource"))
            }
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(Some(Action::Updated)),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(self.refused(Method::PATCH, &answer)),
        }
    }

    async fn find(&self, wanted: &[Attribute]) -> Result<Option<String>, ClientError> {
        for path in &self.matching {
            // An object that lacks a matching attribute is not looked up by it.
            let Some(value) = value_at(wanted, *path).and_then(Value::as_str) else { continue };
            if let Some(resource) = self.client.find(self.resource_type, *path, value).await? {
                let id = id_of(&resource)
                    .ok_or_else(|| self.wrong(Method::GET, "a resource without an id"))?;
                return Ok(Some(id.to_owned()));
            }
        }
        Ok(None)
    }

    fn refused(&self, method: Method, answer: &Answer) -> ClientError {
        answer.refused(method, self.endpoint())
    }

    fn wrong(&self, method: Method, what: &str) -> ClientError {
        let path = self.endpoint().to_owned();
        ClientError::BadAnswer { method, path, what: what.to_owned() }
    }

    fn endpoint(&self) -> &'static str {
        match self.resource_type {
            ResourceType::User => "/Users",
            ResourceType::Group => "/Groups",
        }
    }
}

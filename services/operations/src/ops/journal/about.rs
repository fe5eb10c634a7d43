//! Whose and which read model's an act is, also where it names only a job, an erasure, a
//! verification or a request.

use std::collections::BTreeMap;

use acts::{Acted, By, Plan, PlanId, State};
use serde_json::Value;

/// What an act is about, as far as it is about one tenant or one read model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) tenant: Option<String>,
    pub(super) projection: Option<String>,
}

impl About {
    fn or(self, other: impl FnOnce() -> Option<Self>) -> Self {
        if self.tenant.is_some() || self.projection.is_some() {
            return self;
        }
        other().unwrap_or_default()
    }
}

/// Reads acts in the order of the journal: an answer is about what its request was about.
pub(super) struct Reader<'s> {
    state: &'s State,
    requests: BTreeMap<String, About>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(state: &'s State) -> Self {
        Self { state, requests: BTreeMap::new() }
    }

    /// What the next act is about. It is read as JSON, as acts of later releases are.
    pub(super) fn about(&mut self, acted: &Acted, of: &Value) -> About {
        let request = of["request"].as_str();
        let told = named(of)
            .or(|| self.by_name(&of["job"]))
            .or(|| self.by_name(&of["plan"]))
            .or(|| self.by_name(&of["about"]["id"]))
            .or(|| self.of_erasure(of["erasure"].as_str()?))
            .or(|| self.of_erasure(of["about"]["id"].as_str()?))
            .or(|| self.of_verification(of["verification"].as_u64()?))
            .or(|| self.requests.get(request?).cloned());
        let told = if is_elsewhere(&acted.by, &told) { About::default() } else { told };
        if let (Some(request), "request.received") = (request, acted.act.name()) {
            self.requests.insert(request.to_owned(), told.clone());
        }
        told
    }

    /// Of the plan or the job of this name.
    fn by_name(&self, name: &Value) -> Option<About> {
        let plan: PlanId = name.as_str()?.parse().ok()?;
        let Plan { projection, scope, .. } = &self.state.jobs.plan(&plan).ok()?.plan;
        let tenant = scope.tenant().map(ToString::to_string);
        Some(About { tenant, projection: Some(projection.clone()) })
    }

    fn of_erasure(&self, erasure: &str) -> Option<About> {
        let tenant = self.state.erasures.get(erasure)?.plan.tenant.to_string();
        Some(About { tenant: Some(tenant), projection: None })
    }

    fn of_verification(&self, id: u64) -> Option<About> {
        let verification = self.state.verifications.get(id)?;
        let tenant = verification.tenant.as_ref().map(ToString::to_string);
        Some(About { tenant, projection: Some(verification.projection.clone()) })
    }
}

/// Whether an administrator named a thing of another tenant, which they were refused: that one is not told.
fn is_elsewhere(by: &By, told: &About) -> bool {
    match by {
        By::Administrator(own, _) => told.tenant.as_deref().is_some_and(|it| it != own.as_str()),
        By::Operator(_) | By::Root | By::Program => false,
    }
}

/// What the act itself, or the path of its request, names.
fn named(of: &Value) -> About {
    let named = |name: &str| {
        let told = of[name].as_str().or(of["about"][name].as_str());
        told.map(str::to_owned)
    };
    About { tenant: named("tenant"), projection: named("projection") }
}

#[cfg(test)]
mod tests {
    use acts::{Act, Answered, Received, VerifyEnded, VerifyOutcome, VerifyStarted};
    use events::AdministratorId;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn an_act_that_names_only_an_earlier_one_is_about_what_that_was_about() {
        let tenant = "acme".parse().expect("a tenant");
        let request = || "q".to_owned();
        let about = BTreeMap::from([("tenant".to_owned(), "globex".to_owned())]);
        let outcome = VerifyOutcome::Failed { why: String::new() };
        let acts = [
            Act::VerifyStarted(VerifyStarted {
                projection: "teams".to_owned(),
                tenant: Some(tenant),
            }),
            Act::VerifyEnded(VerifyEnded { verification: 1, outcome }),
            Act::RequestReceived(Received {
                request: request(),
                method: "PATCH".to_owned(),
                route: "/operator/v1/tenants/{tenant}/guard".to_owned(),
                about,
            }),
            Act::RequestAnswered(Answered { request: request(), status: 200 }),
        ];
        let acts: Vec<Acted> = (1..)
            .zip(acts)
            .map(|(seq, act)| Acted { seq, at: Timestamp::UNIX_EPOCH, by: By::Root, act })
            .collect();
        let mut state = State::default();
        for acted in &acts {
            state.apply(acted);
        }
        let mut reader = Reader::new(&state);
        let told = acts.iter().map(|acted| {
            let About { tenant, projection } = reader.about(acted, &acted.act.of());
            (tenant.unwrap_or_default(), projection.unwrap_or_default())
        });
        let teams = || ("acme".to_owned(), "teams".to_owned());
        let globex = || ("globex".to_owned(), String::new());
        assert_eq!(told.collect::<Vec<_>>(), [teams(), teams(), globex(), globex()]);
    }

    #[test]
    fn no_tenant_is_told_what_an_administrator_of_another_one_asked_about_it() {
        let about = |by: By| {
            let act = Act::RequestReceived(Received {
                request: "q".to_owned(),
                method: "POST".to_owned(),
                route: "/ops/v1/webhooks/{subscriber}/resend".to_owned(),
                about: BTreeMap::from([("tenant".to_owned(), "globex".to_owned())]),
            });
            let acted = Acted { seq: 1, at: Timestamp::UNIX_EPOCH, by, act };
            let state = State::default();
            Reader::new(&state).about(&acted, &acted.act.of()).tenant
        };
        let [acme, globex] = ["acme", "globex"].map(|slug| slug.parse().expect("a tenant"));
        let ada = AdministratorId(uuid::Uuid::from_u128(1));
        assert_eq!(about(By::Administrator(acme, ada)), None);
        assert_eq!(about(By::Administrator(globex, ada)).as_deref(), Some("globex"));
        assert_eq!(about(By::Root).as_deref(), Some("globex"));
    }
}

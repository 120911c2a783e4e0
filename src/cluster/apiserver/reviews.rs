//! Resources that are questions: reviews are answered and never stored; `bindings` goes to the pod.
//!
//! What they mean is in [`crate::cluster::registry`], one file a review.

use crate::api::kinds::{self, Kind};
use crate::api::object::{Object, name};
use crate::api::request::Response;
use crate::api::status::Status;
use crate::cluster::apiserver::ApiServer;
use crate::cluster::apiserver::body;
use crate::cluster::apiserver::call::{Call, Stored};
use crate::cluster::apiserver::create::match_namespace;
use crate::cluster::registry::{self, access_review, rules_review, self_subject_review, token_review};
use crate::cluster::trace::{Actor, Event};
use std::rc::Rc;

impl ApiServer {
    /// Answers a creation of a resource that is not stored.
    pub(super) fn review(&mut self, call: &mut Call<'_>, kind: &'static Kind) -> Result<Response, Status> {
        let (mut body, warnings) = body::decode_kind(call, kind, call.strictness()?)?;
        call.warnings.extend(warnings);
        match_namespace(&mut body, call, kind.namespaced)?;
        let object = match kind.plural.as_str() {
            "tokenreviews" => self.token_review(call, &body)?,
            "selfsubjectreviews" => self_subject_review::create(&call.user, self.now()),
            "subjectaccessreviews" => self.access(call, access_review::subject(&body, &self.store)?),
            "localsubjectaccessreviews" => {
                let answer = access_review::local(&body, &call.info.namespace, &self.store)?;
                self.access(call, answer)
            }
            "selfsubjectaccessreviews" => {
                let answer = access_review::own(&body, &call.user, &self.store)?;
                self.access(call, answer)
            }
            "selfsubjectrulesreviews" => rules_review::create(&body, &call.user, &self.store)?,
            "bindings" => return self.binding(call, &body),
            _ => return Err(Status::method_not_allowed()),
        };
        Ok(Response::json(201, Rc::new(object)))
    }

    fn token_review(&mut self, call: &Call<'_>, body: &Object) -> Result<Object, Status> {
        let now = self.now();
        let answer = token_review::create(body, &mut self.authenticator, &self.store, now)?;
        self.apply_effects(call, answer.effects);
        self.note(call, Actor::ApiServer, Event::Admitted { checks: answer.checks });
        Ok(answer.object)
    }

    fn access(&mut self, call: &Call<'_>, answer: access_review::Answer) -> Object {
        // Recorded as facts: the request itself is allowed, whatever it asks about.
        self.note(call, Actor::ApiServer, Event::Admitted { checks: answer.verdict.checks });
        answer.object
    }

    fn binding(&mut self, call: &mut Call<'_>, body: &Object) -> Result<Response, Status> {
        let pods = kinds::by_plural("", "pods").ok_or_else(Status::no_such_path)?;
        let strategy = registry::strategy("pods").ok_or_else(Status::no_such_path)?;
        call.info.resource = "pods".to_owned();
        call.info.subresource = "binding".to_owned();
        call.info.name = name(body).to_owned();
        self.bind(call, Stored { kind: pods, strategy })
    }
}

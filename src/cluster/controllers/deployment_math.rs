//! The arithmetic of a rollout: how many new pods, how many old ones.
//!
//! Follows pkg/controller/deployment/util/deployment_util.go and rolling.go.

use crate::api::object::{self, Object};
use crate::api::sorted;
use crate::cluster::controllers::deployment_status::Rollout;
use crate::cluster::controllers::replica_set::count;
use serde_json::Value;
use std::rc::Rc;

/// `maxSurge`: how many pods more than wanted there may be; rounded up.
pub fn surge(deployment: &Object) -> usize {
    if object::text(deployment, &["spec", "strategy", "type"]) == "Recreate" {
        return 0;
    }
    portion(object::at(deployment, &["spec", "strategy", "rollingUpdate", "maxSurge"]), wanted(deployment), true)
}

/// `maxUnavailable`: how many of the wanted pods may be missing; rounded down, but 1 if nothing could move otherwise.
pub fn unavailable(deployment: &Object) -> usize {
    if object::text(deployment, &["spec", "strategy", "type"]) == "Recreate" {
        return 0;
    }
    let wanted = wanted(deployment);
    let limit = object::at(deployment, &["spec", "strategy", "rollingUpdate", "maxUnavailable"]);
    let unavailable = portion(limit, wanted, false);
    let stuck = unavailable == 0 && surge(deployment) == 0;
    if stuck { 1 } else { unavailable.min(wanted) }
}

/// `spec.replicas`.
pub fn wanted(deployment: &Object) -> usize {
    object::integer(deployment, &["spec", "replicas"]).map_or(1, |number| usize::try_from(number).unwrap_or(0))
}

/// A number, or a percentage of `total`.
fn portion(value: &Value, total: usize, up: bool) -> usize {
    if let Some(number) = value.as_u64() {
        return usize::try_from(number).unwrap_or(usize::MAX);
    }
    let text = value.as_str().unwrap_or("25%");
    let percent: usize = text.trim_end_matches('%').parse().unwrap_or(0);
    let product = total.saturating_mul(percent);
    if up { product.div_ceil(100) } else { product / 100 }
}

/// How many replicas the new ReplicaSet should have now.
pub fn new_set_size(rollout: &Rollout) -> usize {
    let wanted = rollout.wanted();
    let have = rollout.new_set().map_or(0, |set| count(&set, &["spec", "replicas"]));
    if object::text(&rollout.deployment, &["spec", "strategy", "type"]) == "Recreate" {
        return wanted;
    }
    let all = rollout.total(&["spec", "replicas"]);
    let max = wanted + surge(&rollout.deployment);
    if all >= max { have } else { have + (max - all).min(wanted.saturating_sub(have)) }
}

/// Which old ReplicaSets shrink now, and to what: unhealthy pods first, then as many as the available ones allow.
pub fn scale_down_plan(rollout: &Rollout) -> Vec<(Rc<Object>, usize)> {
    let mut old = rollout.old_sets();
    old.retain(|set| count(set, &["spec", "replicas"]) > 0);
    sorted::sort_by_key(&mut old, |set| (object::creation_timestamp(set), object::name(set).to_owned()));
    if old.is_empty() {
        return Vec::new();
    }
    let floor = rollout.wanted().saturating_sub(unavailable(&rollout.deployment));
    let new = rollout.new_set();
    let new_size = new.as_ref().map_or(0, |set| count(set, &["spec", "replicas"]));
    let new_available = new.as_ref().map_or(0, |set| count(set, &["status", "availableReplicas"]));
    let all = rollout.total(&["spec", "replicas"]);
    let mut room = all.saturating_sub(floor + new_size.saturating_sub(new_available));
    if room == 0 {
        return Vec::new();
    }
    let mut sizes: Vec<(Rc<Object>, usize, usize)> = old
        .into_iter()
        .map(|set| {
            let size = count(&set, &["spec", "replicas"]);
            (set, size, size)
        })
        .collect();
    for (set, before, size) in &mut sizes {
        let unhealthy = before.saturating_sub(count(set, &["status", "availableReplicas"])).min(room);
        *size -= unhealthy;
        room -= unhealthy;
    }
    let mut spare = rollout.total(&["status", "availableReplicas"]).saturating_sub(floor);
    for (_, _, size) in &mut sizes {
        let less = spare.min(*size);
        *size -= less;
        spare -= less;
    }
    sizes.into_iter().filter(|(_, before, size)| size != before).map(|(set, _, size)| (set, size)).collect()
}

/// What the ReplicaSets should have after `spec.replicas` was changed: one active set takes it all, several share.
pub fn scale_plan(rollout: &Rollout) -> Vec<(Rc<Object>, usize)> {
    let wanted = rollout.wanted();
    let active: Vec<Rc<Object>> =
        rollout.sets.iter().filter(|set| count(set, &["spec", "replicas"]) > 0).cloned().collect();
    match active.as_slice() {
        [] => rollout.new_set().map(|set| (set, wanted)).into_iter().collect(),
        [one] => vec![(Rc::clone(one), wanted)],
        several => proportional(rollout, several),
    }
}

fn proportional(rollout: &Rollout, sets: &[Rc<Object>]) -> Vec<(Rc<Object>, usize)> {
    let allowed = if rollout.wanted() == 0 { 0 } else { rollout.wanted() + surge(&rollout.deployment) };
    let total: usize = sets.iter().map(|set| count(set, &["spec", "replicas"])).sum();
    let mut sorted = sets.to_vec();
    sorted::sort_by_key(&mut sorted, |set| {
        std::cmp::Reverse((count(set, &["spec", "replicas"]), object::creation_timestamp(set)))
    });
    let mut left = allowed;
    let mut plan: Vec<(Rc<Object>, usize)> = Vec::new();
    for set in sorted {
        let size = (count(&set, &["spec", "replicas"]) * allowed + total / 2).checked_div(total).unwrap_or(0).min(left);
        left -= size;
        plan.push((set, size));
    }
    if let Some((_, first)) = plan.first_mut() {
        *first += left;
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn portions_round_the_way_that_is_safe() {
        let deployment = |replicas: u64, surge: Value, unavailable: Value| {
            json!({"spec": {"replicas": replicas, "strategy": {"type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}})
        };
        let default = deployment(3, json!("25%"), json!("25%"));
        assert_eq!((surge(&default), unavailable(&default)), (1, 0));
        let stuck = deployment(3, json!(0), json!("0%"));
        assert_eq!((surge(&stuck), unavailable(&stuck)), (0, 1));
        let ten = deployment(10, json!("25%"), json!("25%"));
        assert_eq!((surge(&ten), unavailable(&ten)), (3, 2));
    }
}

//! Commands that nobody sees, run while the browser has nothing else to do: it compiles a function of the program when that is
//! first run, and a learner's first commands would wait for it. What runs often it compiles once more, and better, beside the
//! page; later than now that would be while a command runs.

use crate::lab::{Lab, Settings};
use std::cell::RefCell;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// What learners do most. Not what shows a token: signing takes longer than all the rest.
const ENTRIES: &[&str] = &[
    "kubectl create serviceaccount warm",
    "kubectl get serviceaccounts",
    "kubectl get serviceaccount default -o yaml",
    "kubectl run warm --image=busybox -- sleep 3600",
    "kubectl get pods -o wide",
    "kubectl wait --for=condition=Ready pod/warm",
    "kubectl describe pod warm",
    "kubectl exec warm -- ls -la /var/run/secrets/kubernetes.io/serviceaccount",
    "kubectl create role reader --verb=get,list --resource=pods",
    "kubectl create rolebinding readers --role=reader --serviceaccount=default:warm",
    "kubectl auth can-i list pods --as=system:serviceaccount:default:warm",
    "kubectl auth can-i --list --as=system:serviceaccount:default:warm",
    "curl -sk $APISERVER/api/v1/namespaces/default/pods | jq '.items | length'",
    "kubectl create deployment web --image=nginx",
    "kubectl set serviceaccount deployment web warm",
    "kubectl get pods,replicasets,deployments",
    "kubectl get events",
    "kubectl delete pod warm --now",
];

/// How often each is run: what all of them use is then compiled as well as it will be.
const ROUNDS: usize = 3;

thread_local! {
    static WARMING: RefCell<Option<(Lab, usize)>> = const { RefCell::new(None) };
}

/// Runs the next of the commands, in a lab of its own; whether there are more. static/boot.js calls it.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen(js_name = warmUp))]
#[must_use]
pub fn warm_up() -> bool {
    WARMING.with_borrow_mut(|warming| {
        let (lab, at) = warming.get_or_insert_with(|| (Lab::new(Settings::default()), 0));
        if *at < ENTRIES.len() * ROUNDS
            && let Some(entry) = ENTRIES.get(*at % ENTRIES.len())
        {
            if *at > 0 && at.is_multiple_of(ENTRIES.len()) {
                *lab = Lab::new(Settings::default());
            }
            lab.run(entry);
            *at += 1;
            return true;
        }
        *warming = None;
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_to_an_end() {
        let rounds = (0..=ENTRIES.len() * ROUNDS).take_while(|_| warm_up()).count();
        assert_eq!(rounds, ENTRIES.len() * ROUNDS);
    }

    #[test]
    fn its_commands_are_no_mistakes() {
        let mut lab = Lab::new(Settings::default());
        for entry in ENTRIES {
            let record = lab.run(entry);
            assert_eq!(record.stderr(), "", "{entry}");
        }
    }
}

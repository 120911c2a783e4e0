//! How long the commands of a session take, as its learner feels them: the middle one, the slowest of a hundred, and
//! the slowest. One line each: what, how many, and microseconds.

use serviceaccount_lab::cluster::token;
use serviceaccount_lab::lab::{Lab, Settings};
use std::time::{Duration, Instant};

mod session;

const COMMANDS: usize = 200;
const ROUNDS: usize = 3;

fn main() {
    let (mut plain, mut tokens) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut lab = Lab::new(Settings::default());
        for number in 0..COMMANDS {
            let entry = session::entry(number);
            let signed = token::signatures_made();
            let began = Instant::now();
            lab.run(&entry);
            let took = began.elapsed();
            // An RSA signature weighs more than all the rest.
            if token::signatures_made() > signed { &mut tokens } else { &mut plain }.push(took);
            lab.tick(Duration::from_secs(number as u64 % 5));
        }
    }
    print("a command", plain);
    print("a command that shows a token", tokens);
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_micros();
    println!("{what}\t{}\t{}\t{}\t{}", times.len(), at(50), at(99), at(100));
}

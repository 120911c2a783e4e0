fn main() { println!("cargo xtask serve | build | test"); }

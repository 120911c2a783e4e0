//! The terminal: words, pipes, variables, files; one file a program.

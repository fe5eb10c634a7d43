# The front door. `just` alone lists the recipes.
_default:
    @just --list --unsorted

# Start everything, with a demo tenant, on http://127.0.0.1:8080
up *args:
    cargo run --release -- up --demo {{ args }}

# Run every test, on servers of their own
test *args:
    cargo test --workspace {{ args }}

# Kill, fill up, cut off and mislead everything, so many times as often as CI does
chaos rounds="5":
    CHAOS_ROUNDS={{ rounds }} cargo test -p rollcall --test chaos -- --nocapture --test-threads 1

# Attack the release build with all that is in tests/attacks, in full size
attacks *args:
    ATTACKS_SCALE=1 cargo test --release -p rollcall --test attacks -- --nocapture --test-threads 1 {{ args }}

# What CI runs
ci:
    .ci/run

# Format, lint, and look at the arrows between the crates
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test -p rollcall --test arrows

# Play Entra against the running program, e.g. `just simulate --dialect flagged`
simulate *args:
    cargo run --release -- simulate entra {{ args }}

# Measure the main path beside its limits; `just bench --quick` for a smoke test
bench *args:
    cargo bench -p rollcall --bench main_path -- {{ args }}

# Make the committed schemas and documents anew from the types
regenerate:
    UPDATE=1 cargo test -p events -p feed -p api

# Check licences, advisories and the crates that only some may use
deny:
    .ci/deny

# Throw bytes at what reads them, each target for so many seconds
fuzz seconds="60":
    .ci/fuzz {{ seconds }}

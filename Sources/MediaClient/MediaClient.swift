// Nothing here yet; see Sources/README.md for what this target is for.

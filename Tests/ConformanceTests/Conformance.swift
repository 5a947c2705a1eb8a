import Testing

/// What is asked of the real binaries, one at a time: each test runs a gateway with its models, and
/// several of them on two cores would run into one another's deadlines.
@Suite(.serialized) enum Conformance {}

/// Assay's own version, as manifests and `--version` state it.
public let assayVersion = "0.1.0"

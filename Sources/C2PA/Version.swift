/// Assay's own version, as manifests, reports and `--version` state it.
public let assayVersion = "0.1.0"

extension OpenAPIDocument {
  /// What narrows a listing of the log.
  private static let filters = [
    "asset", "decision", "stage", "kind", "subject", "tenant", "rule", "category", "since", "until",
    "before",
  ]

  /// Public files of the log come with an `ETag`.
  private static let known: KeyValuePairs<Int, String> = [304: "You have it."]

  /// The audit log: public files, and `/v1/audit` for auditors.
  static let log: [Operation] = [
    Operation(
      .get, "/log/checkpoint", "The newest signed checkpoint", gives: ["text/plain": "Text"],
      also: known, access: .anybody),
    Operation(
      .get, "/log/vkey", "The key that checkpoints are checked with",
      gives: ["text/plain": "Text"], also: known, access: .anybody),
    Operation(
      .get, "/log/tile/{level}/{tile}", "Hashes of the tree (C2SP tlog-tiles)",
      gives: ["application/octet-stream": "File"], also: known, access: .anybody),
    Operation(
      .get, "/log/tile/entries/{tile}", "A bundle of entries; none holds personal data",
      gives: ["application/octet-stream": "File"], also: known, access: .anybody),
    Operation(
      .get, "/log/entries/{tile}", "The same by its short name",
      gives: ["application/octet-stream": "File"], also: known, access: .anybody),
    Operation(
      .get, "/v1/audit/decisions", "Leaves of the log, newest first",
      parameters: ["auditLimit", "listFormat"] + filters,
      gives: ["application/json": "AuditList", "text/csv": "Text"], access: .auditors),
    Operation(
      .get, "/v1/audit/decisions/{id}", "The story of one decision or job",
      parameters: ["payloads", "purpose"], gives: "Object", access: .auditors),
    Operation(
      .get, "/v1/audit/stats", "Counts by stage, outcome, rule and day",
      parameters: ["statisticsFormat"] + filters,
      gives: ["application/json": "Object", "image/svg+xml": "Text"], access: .auditors),
    Operation(
      .get, "/v1/audit/proof", "A leaf with its inclusion proof",
      parameters: ["decisionID", "index"], gives: "Proof", access: .auditors),
    Operation(
      .get, "/v1/audit/bundle", "Leaves with proofs, to be checked elsewhere", parameters: filters,
      gives: ["application/jsonl": "Text"], access: .auditors),
    Operation(
      .post, "/v1/audit/search",
      "Find a text in the payloads (scope payloads); the search is logged",
      parameters: filters, takes: ["application/json": "SearchPayloads"], gives: "AuditList",
      access: .auditors),
    Operation(
      .post, "/v1/audit/erasures",
      "Erase payloads of one decision, asset or subject (scope records)",
      takes: ["application/json": "Erase"], gives: "Object", access: .auditors),
    Operation(.get, "/v1/audit/holds", "Legal holds", gives: "AuditList", access: .auditors),
    Operation(
      .post, "/v1/audit/holds", "Keep payloads from erasure (scope records)",
      takes: ["application/json": "PlaceHold"], gives: "HoldEntry", access: .auditors),
    Operation(
      .delete, "/v1/audit/holds/{id}", "End a hold (scope records)", parameters: ["ground"],
      gives: "HoldEntry", access: .auditors),
  ]

  /// What operators and programs ask.
  static let service: [Operation] = [
    Operation(.get, "/healthz", "Whether it lives", gives: "Health", access: .anybody),
    Operation(
      .get, "/readyz", "Whether it can work", gives: "Readiness", also: [503: "Not now."],
      access: .anybody),
    Operation(
      .get, "/metrics", "Figures for Prometheus", gives: ["text/plain": "Text"], access: .anybody),
    Operation(.get, "/openapi.json", "This document", gives: "Object", access: .anybody),
    Operation(.get, "/docs", "The same for people", gives: ["text/html": "Text"], access: .anybody),
  ]
}

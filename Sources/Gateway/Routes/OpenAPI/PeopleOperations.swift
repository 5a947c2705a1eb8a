extension OpenAPIDocument {
  /// Consents, reviews, safety notices and reports.
  static let people: [Operation] = [
    Operation(
      .post, "/v1/videos/{id}/appeal", "Ask a person to look at what was stopped",
      takes: ["application/json": "GiveReason"], gives: "Appeal"),
    Operation(.get, "/v1/reviews", "What waits for a person (scope review)", gives: "List"),
    Operation(.get, "/v1/reviews/{id}", "Read one", gives: "Review"),
    Operation(
      .post, "/v1/reviews/{id}/claim", "Keep it for yourself for half an hour", gives: "Review"),
    Operation(
      .post, "/v1/reviews/{id}/decide", "Release or block it, with the reason",
      takes: ["application/json": "DecideReview"], gives: "Review"),
    Operation(
      .get, "/v1/reviews/{id}/content", "Look at the quarantined clip; the look is logged",
      gives: ["video/mp4": "File"]),
    Operation(
      .get, "/v1/safety/cases", "Warnings and deactivations of your end users", gives: "List"),
    Operation(.get, "/v1/safety/cases/{id}", "Read one", gives: "SafetyCase"),
    Operation(
      .post, "/v1/safety/cases/{id}/lift", "Open the door again (scope review)",
      takes: ["application/json": "GiveReason"], gives: "SafetyCase"),
    Operation(.get, "/v1/reports", "What receivers reported (scope review)", gives: "List"),
    Operation(
      .post, "/reports", "Report a clip; no key is needed",
      takes: ["application/json": "MakeReport"], gives: "Report", access: .anybody),
    Operation(.get, "/v1/consents", "Consents you registered, newest first", gives: "List"),
    Operation(
      .post, "/v1/consents", "Register that somebody agreed to be shown or heard",
      parameters: ["idempotencyKey"], takes: ["application/json": "GiveConsent"], gives: "Consent",
      note: "Needs a key whose tenant may claim consents. Requests name consents by id in their "
        + "field consents; each download looks them up again."),
    Operation(.get, "/v1/consents/{id}", "Read one", gives: "Consent"),
    Operation(
      .post, "/v1/consents/{id}/revoke",
      "End one now: what was made with it cannot be had any more",
      takes: ["application/json": "RevokeConsent"], gives: "Consent"),
  ]

  /// Where callers are told what became of their videos.
  static let webhooks: [Operation] = [
    Operation(.get, "/v1/webhook_event_types", "What can be told", gives: "List"),
    Operation(.get, "/v1/webhook_endpoints", "Your endpoints", gives: "List"),
    Operation(
      .post, "/v1/webhook_endpoints", "Make one; its secret is shown now and never again",
      parameters: ["idempotencyKey"], takes: ["application/json": "CreateWebhookEndpoint"],
      gives: "WebhookEndpoint"),
    Operation(.get, "/v1/webhook_endpoints/{id}", "Read one", gives: "WebhookEndpoint"),
    Operation(
      .post, "/v1/webhook_endpoints/{id}", "Change one",
      takes: ["application/json": "ChangeWebhookEndpoint"], gives: "WebhookEndpoint"),
    Operation(.delete, "/v1/webhook_endpoints/{id}", "Delete one", gives: "Deleted"),
    Operation(
      .post, "/v1/webhook_endpoints/{id}/rotate_secret",
      "A new secret; the old one signs along for a day",
      gives: "WebhookEndpoint"),
    Operation(
      .post, "/v1/webhook_endpoints/{id}/test", "Send an event that means nothing",
      gives: "WebhookTest"),
    Operation(
      .get, "/v1/webhook_endpoints/{id}/deliveries", "What was sent, and what was answered",
      gives: "List"),
  ]
}

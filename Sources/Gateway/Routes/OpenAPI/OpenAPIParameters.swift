extension OpenAPIDocument {
  /// Parameters of paths, queries and headers, by the names that operations use.
  static let parameters = #"""
    {
    "name": {
      "name": "name", "in": "path", "required": true,
      "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[a-z0-9.]+$"}
    },
    "level": {
      "name": "level", "in": "path", "required": true,
      "schema": {"type": "integer", "minimum": 0, "maximum": 5}
    },
    "id": {
      "name": "id", "in": "path", "required": true,
      "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_-]+$"}
    },
    "manifestId": {
      "name": "manifestId", "in": "path", "required": true,
      "schema": {"type": "string", "minLength": 45, "maxLength": 200, "pattern": "^urn:c2pa:[!-.0-~]+$"}
    },
    "bindingAlgorithm": {
      "name": "alg", "in": "query", "required": true, "schema": {"type": "string", "minLength": 1}
    },
    "bindingValue": {
      "name": "value", "in": "query", "required": true,
      "schema": {"type": "string", "format": "byte", "minLength": 1}
    },
    "contentAlgorithm": {"name": "alg", "in": "query", "schema": {"type": "string"}},
    "hintAlgorithm": {"name": "hintAlg", "in": "query", "schema": {"type": "string"}},
    "hintValue": {"name": "hintValue", "in": "query", "schema": {"type": "string", "format": "byte"}},
    "maxResults": {
      "name": "maxResults", "in": "query",
      "schema": {"type": "integer", "minimum": 1, "default": 10}
    },
    "returnActiveManifest": {
      "name": "returnActiveManifest", "in": "query", "schema": {"type": "boolean", "default": false}
    },
    "idempotencyKey": {
      "name": "Idempotency-Key", "in": "header", "required": false,
      "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    },
    "tile": {
      "name": "tile", "in": "path", "required": true,
      "description": "A tile's number as tlog-tiles writes it, with .p/WIDTH for a partial one.",
      "schema": {"type": "string", "pattern": "^(x[0-9]{3}/)*[0-9]{3}(\\.p/[0-9]{1,3})?$"}
    },
    "asset": {"name": "asset", "in": "query", "schema": {"type": "string"}},
    "decision": {"name": "decision", "in": "query", "schema": {"type": "string"}},
    "subject": {"name": "subject", "in": "query", "schema": {"type": "string"}},
    "tenant": {"name": "tenant", "in": "query", "schema": {"type": "string"}},
    "rule": {"name": "rule", "in": "query", "schema": {"type": "string"}},
    "category": {"name": "category", "in": "query", "schema": {"type": "string"}},
    "stage": {"name": "stage", "in": "query", "schema": {"type": "string"}},
    "kind": {"name": "kind", "in": "query", "schema": {"type": "string"}},
    "since": {"name": "since", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    "until": {"name": "until", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    "before": {"name": "before", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}},
    "limit": {
      "name": "limit", "in": "query",
      "schema": {"type": "integer", "minimum": 0, "maximum": 100, "default": 20}
    },
    "order": {"name": "order", "in": "query", "schema": {"enum": ["asc", "desc"], "default": "desc"}},
    "after": {"name": "after", "in": "query", "schema": {"type": "string"}},
    "variant": {
      "name": "variant", "in": "query",
      "schema": {"enum": ["video", "thumbnail", "spritesheet"], "default": "video"}
    },
    "auditLimit": {
      "name": "limit", "in": "query",
      "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}
    },
    "listFormat": {"name": "format", "in": "query", "schema": {"enum": ["json", "csv"], "default": "json"}},
    "payloads": {
      "name": "payloads", "in": "query", "schema": {"enum": ["true", "false"]},
      "description": "Also the sealed payloads (scope payloads); the reading is logged."
    },
    "purpose": {
      "name": "purpose", "in": "query", "schema": {"type": "string"},
      "description": "Why; needed for payloads."
    },
    "statisticsFormat": {"name": "format", "in": "query", "schema": {"enum": ["json", "svg"], "default": "json"}},
    "decisionID": {"name": "id", "in": "query", "schema": {"type": "string"}},
    "index": {"name": "index", "in": "query", "schema": {"type": "integer", "minimum": 0}},
    "ground": {
      "name": "ground", "in": "query", "required": true,
      "schema": {"type": "string", "minLength": 1, "maxLength": 200}
    }
    }
    """#
}

extension DocumentationRoutes {
  /// The second half of the document: what bodies look like.
  static let schemas = #"""
    },
    "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    "schemas": {
    "Error": {"type": "object", "properties": {"error": {"type": "object", "properties":
      {"message": {"type": "string"}, "type": {"type": "string"}, "param": {"type": ["string",
      "null"]}, "code": {"type": ["string", "null"]}, "moderation_details": {"type": "object",
      "properties": {"moderation_stage": {"enum": ["input", "output", "unknown"]}, "categories":
      {"type": "array", "items": {"type": "string"}}}, "required": ["moderation_stage",
      "categories"]}}, "required": ["message", "type", "param", "code"]}}, "required": ["error"]},
    "Video": {"type": "object", "properties": {"id": {"type": "string"}, "object": {"const":
      "video"}, "model": {"type": "string"}, "status": {"enum": ["queued", "in_progress",
      "completed", "failed"]}, "progress": {"type": "integer", "minimum": 0, "maximum": 100},
      "created_at": {"type": "integer"}, "completed_at": {"type": ["integer", "null"]},
      "expires_at": {"type": ["integer", "null"]}, "prompt": {"type": ["string", "null"]}, "size":
      {"type": "string"}, "seconds": {"type": "string"}, "remixed_from_video_id": {"type":
      ["string", "null"]}, "error": {"oneOf": [{"type": "null"}, {"type": "object", "properties":
      {"code": {"type": "string"}, "message": {"type": "string"}}, "required": ["code",
      "message"]}]}}, "required": ["id", "object", "model", "status", "progress", "created_at",
      "completed_at", "expires_at", "prompt", "size", "seconds", "remixed_from_video_id",
      "error"]},
    "CreateVideo": {"type": "object", "properties": {"prompt": {"type": "string", "minLength": 1,
      "maxLength": 32000, "pattern": "^[^\\u0000]+$"}, "model": {"type": "string", "minLength": 1,
      "maxLength": 200, "pattern": "^[ -~]+$"}, "seconds": {"type": "string", "enum": ["4", "8",
      "12"], "default": "4"}, "size": {"type": "string", "enum": ["720x1280", "1280x720",
      "1024x1792", "1792x1024"], "default": "720x1280"}, "safety_identifier": {"type": "string",
      "maxLength": 128, "description": "Your own id of your end user, hashed."}, "user": {"type":
      "string", "maxLength": 128, "description": "Your own id of your end user, hashed."}},
      "required": ["prompt"], "description":
      "Further fields are screened like the prompt and passed to the core."},
    "List": {"type": "object", "properties": {"object": {"const": "list"}, "data": {"type":
      "array"}, "first_id": {"type": ["string", "null"]}, "last_id": {"type": ["string", "null"]},
      "has_more": {"type": "boolean"}}, "required": ["object", "data", "first_id", "last_id",
      "has_more"]},
    "Image": {"type": "object", "properties": {"created": {"type": "integer"}, "background":
      {"type": "string"}, "output_format": {"type": "string"}, "quality": {"type": "string"},
      "size": {"type": "string"}, "data": {"type": "array", "items": {"type": "object",
      "properties": {"b64_json": {"type": "string"}, "url": {"type": "string"}}, "required": []}},
      "usage": {"type": "object"}}, "required": ["created", "background", "output_format",
      "quality", "size", "data", "usage"]},
    "ProvenanceCheck": {"type": "object", "properties": {"object": {"const":
      "content_provenance_check"}, "created_at": {"type": "integer"}, "results": {"type": "array",
      "items": {"type": "object", "properties": {"type": {"type": "string"}, "outcome": {"enum":
      ["detected", "not_detected"]}}, "required": ["type", "outcome"]}}}, "required": ["object",
      "created_at", "results"]},
    "Deleted": {"type": "object", "properties": {"id": {"type": "string"}, "object": {"type":
      "string"}, "deleted": {"const": true}}, "required": ["id", "object", "deleted"]},
    "Review": {"type": "object", "properties": {"id": {"type": "string"}, "object": {"const":
      "review"}, "status": {"enum": ["waiting", "decided"]}, "state": {"type": "string"},
      "stopped_at": {"type": ["string", "null"]}, "prompt": {"type": "string"}}, "required": ["id",
      "object", "status", "state", "stopped_at", "prompt"]},
    "SafetyCase": {"type": "object", "properties": {"id": {"type": "string"}, "object": {"const":
      "safety.case"}, "created_at": {"type": "integer"}, "entity_identifier": {"type": "string"},
      "notice": {"type": "object", "properties": {"type": {"enum": ["warning", "deactivation"]}},
      "required": ["type"]}, "reason": {"type": "string"}}, "required": ["id", "object",
      "created_at", "entity_identifier", "notice", "reason"]},
    "WebhookEndpoint": {"type": "object", "properties": {"id": {"type": "string"}, "object":
      {"const": "webhook_endpoint"}, "created_at": {"type": "integer"}, "url": {"type": "string"},
      "name": {"type": ["string", "null"]}, "events": {"type": "array", "items": {"type":
      "string"}}, "signing_secret_hint": {"type": "string"}, "signing_secret": {"type": "string"}},
      "required": ["id", "object", "created_at", "url", "events", "signing_secret_hint"]}
    }}}
    """#
}

import GRDB

/// The tables of the job store, as each version of Assay changed them.
enum JobSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("jobs") { db in
      try db.execute(
        sql: """
          CREATE TABLE jobs (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            tenant TEXT NOT NULL,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            strikes INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER NOT NULL DEFAULT 0,
            is_hidden INTEGER NOT NULL DEFAULT 0,
            body_hash TEXT NOT NULL,
            idempotency_key TEXT,
            job TEXT NOT NULL
          ) STRICT;
          CREATE INDEX jobs_by_tenant ON jobs (tenant, seq);
          CREATE INDEX jobs_waiting ON jobs (seq)
            WHERE state IN ('queued', 'generated', 'inspected', 'sealed');
          CREATE UNIQUE INDEX jobs_by_key ON jobs (tenant, idempotency_key)
            WHERE idempotency_key IS NOT NULL;
          CREATE INDEX jobs_by_body ON jobs (tenant, body_hash, created_at);
          """)
    }
    migrator.registerMigration("expiry") { db in
      try db.execute(
        sql: """
          ALTER TABLE jobs ADD COLUMN expires_at INTEGER;
          UPDATE jobs SET expires_at = json_extract(job, '$.expires_at');
          CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE expires_at IS NOT NULL;
          """)
    }
    migrator.registerMigration("sealed") { db in
      try db.execute(
        sql: "CREATE INDEX jobs_by_sealed ON jobs (json_extract(job, '$.hashes.sealed'))")
    }
    migrator.registerMigration("watermark") { db in
      try db.execute(
        sql: "CREATE INDEX jobs_by_watermark ON jobs (json_extract(job, '$.watermark'))")
    }
    migrator.registerMigration("runs") { db in
      try db.execute(
        sql: """
          ALTER TABLE jobs ADD COLUMN is_running INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE jobs ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE jobs ADD COLUMN is_untold INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE jobs ADD COLUMN trace TEXT;
          CREATE INDEX jobs_running ON jobs (seq) WHERE is_running = 1;
          CREATE INDEX jobs_untold ON jobs (seq) WHERE is_untold = 1;
          """)
    }
    return migrator
  }
}

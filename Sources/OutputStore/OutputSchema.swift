import GRDB

/// The tables of the records of delivered files, as each version of Assay changed them.
enum OutputSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("outputs") { db in
      try db.execute(
        sql: """
          CREATE TABLE outputs (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            asset TEXT NOT NULL UNIQUE,
            manifest_id TEXT NOT NULL UNIQUE,
            subject TEXT NOT NULL,
            mark TEXT UNIQUE,
            media_type TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            delivered_at INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            seconds REAL NOT NULL,
            is_clip INTEGER NOT NULL,
            manifest_store BLOB NOT NULL,
            thumbnail BLOB
          ) STRICT;
          CREATE INDEX outputs_by_subject ON outputs (subject);
          CREATE TABLE frames (
            seq INTEGER PRIMARY KEY,
            output INTEGER NOT NULL REFERENCES outputs (seq) ON DELETE CASCADE,
            time REAL NOT NULL,
            hash BLOB NOT NULL,
            quality INTEGER NOT NULL,
            codes BLOB NOT NULL,
            sketch BLOB NOT NULL
          ) STRICT;
          CREATE INDEX frames_by_output ON frames (output, time);
          """)
    }
    migrator.registerMigration("sounds") { db in
      try db.execute(sql: "ALTER TABLE outputs ADD COLUMN sound BLOB")
    }
    migrator.registerMigration("content codes") { db in
      try db.execute(sql: "ALTER TABLE outputs ADD COLUMN content_codes BLOB")
    }
    return migrator
  }
}

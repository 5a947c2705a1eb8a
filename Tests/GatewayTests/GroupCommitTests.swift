import GRDB
import TestKit
import Testing

@testable import Gateway

@Suite struct GroupCommitTests {
  let folder: TemporaryDirectory
  let database: DatabasePool
  let commits: GroupCommit

  init() throws {
    folder = try TestKit.temporaryDirectory()
    database = try DatabasePool(path: folder.path("x.sqlite"))
    try database.write { try $0.execute(sql: "CREATE TABLE t (n INTEGER PRIMARY KEY)") }
    commits = GroupCommit(database)
  }

  @Test func `every write of a crowd is there when its caller hears of it`() async throws {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<1000 {
        group.addTask {
          try await commits.write { database in
            try database.execute(sql: "INSERT INTO t VALUES (?)", arguments: [number])
            return number
          }
        }
      }
      for try await number in group where number % 100 == 0 {
        let isThere = try await database.read {
          try Bool.fetchOne($0, sql: "SELECT 1 FROM t WHERE n = ?", arguments: [number])
        }
        #expect(isThere == true)
      }
    }
    #expect(try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } == 1000)
  }

  @Test func `one that fails undoes its own changes only`() async throws {
    struct Failure: Error {}
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          let result = await Result {
            try await commits.write { database in
              try database.execute(sql: "INSERT INTO t VALUES (?)", arguments: [number])
              if number % 2 == 1 { throw Failure() }
            }
          }
          #expect((number % 2 == 1) == ((try? result.get()) == nil))
        }
      }
      try await group.waitForAll()
    }
    let odd = try await database.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM t WHERE n % 2 = 1")
    }
    #expect(odd == 0)
    #expect(try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } == 50)
  }

  @Test func `a write goes on when its caller is cancelled`() async throws {
    let task = Task {
      try await commits.write { try $0.execute(sql: "INSERT INTO t VALUES (1)") }
    }
    task.cancel()
    _ = await task.result
    #expect(try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } == 1)
  }
}

extension Result where Failure == any Error, Success: Sendable {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

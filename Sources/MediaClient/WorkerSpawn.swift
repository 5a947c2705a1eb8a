import Glibc

/// `posix_spawn` of the sandboxed process: no shell, five descriptors, an environment of its own.
enum WorkerSpawn {
  /// Nothing of the server's environment, which may hold keys, gets in.
  private static var environment: [String] {
    var values = [
      "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
      // Each arena reserves 64 MB of the address space that the job may use.
      "MALLOC_ARENA_MAX=2",
      // A crash is reported by its signal; nothing may be run to describe it.
      "SWIFT_BACKTRACE=enable=no",
    ]
    if let path = getenv("LD_LIBRARY_PATH") {
      values.append("LD_LIBRARY_PATH=\(String(cString: path))")
    }
    return values
  }

  /// Returns 0 or an error number. `files` become descriptors 3 and 4, `/dev/null` where absent.
  static func spawn(
    _ executable: String, input: Int32, output: Int32, error: Int32,
    files: (input: Int32?, output: Int32?), process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)
    for (number, file) in [(Int32(3), files.input), (4, files.output)] {
      if let file {
        posix_spawn_file_actions_adddup2(&actions, file, number)
      } else {
        posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
      }
    }

    // A server ignores SIGPIPE and may block others: the child starts with none of that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    return withCStrings([executable]) { arguments in
      withCStrings(environment) { environment in
        posix_spawn(&process, executable, &actions, &attributes, arguments, environment)
      }
    }
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

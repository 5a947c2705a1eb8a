/// Exit codes of every command that gives a verdict; 64 and above are those of `sysexits.h`.
public enum ExitStatus {
  public static let good: Int32 = 0
  /// The answer is "no": invalid, tampered with.
  public static let refused: Int32 = 1
  /// Nothing to judge was found.
  public static let nothingFound: Int32 = 2
  public static let usage: Int32 = 64
  public static let cannotRead: Int32 = 66
}

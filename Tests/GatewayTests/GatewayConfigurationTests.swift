import TestKit
import Testing

@testable import Gateway

@Suite struct GatewayConfigurationTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TestKit.temporaryDirectory() }

  @Test func `everything has a default`() throws {
    let configuration = try GatewayConfiguration.load(file: folder.path("none.json"))
    #expect(configuration == GatewayConfiguration())
    #expect(configuration.host == "127.0.0.1" && configuration.port == 8080)
    #expect(configuration.core == .builtIn)
  }

  @Test func `flags win over variables, variables over the file`() throws {
    let file = try folder.write(
      "assay.json", #"{"port": 1, "host": "a", "data": "d/", "api_keys": ["x=1", "2"]}"#)
    let configuration = try GatewayConfiguration.load(
      file: file, environment: ["ASSAY_PORT": "2", "ASSAY_HOST": "b"], flags: [.port: "3"])
    #expect(configuration.port == 3)
    #expect(configuration.host == "b")
    #expect(configuration.data == "d")
    #expect(configuration.apiKeys == "x=1,2")
  }

  @Test(arguments: [
    (#"{"prot": 1}"#, "'prot'"), (#"{"port": "x"}"#, "'port'"), (#"{"port": 99999}"#, "'port'"),
    (#"{"host": 5}"#, "'host'"), (#"{"host": ""}"#, "'host'"), ("[]", "object"),
    ("{\n\"port\": }", "line 2"), (#"{"core": "ftp://x"}"#, "'core'"),
    (#"{"api_keys": "a,a"}"#, "'api_keys'"),
  ])
  func `a mistake in the file is named`(text: String, name: String) throws {
    let file = try folder.write("assay.json", text)
    let error = #expect(throws: StartupError.self) {
      _ = try GatewayConfiguration.load(file: file)
    }
    #expect(error?.exitCode == 64)
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
  }

  @Test func `a mistake in a variable or flag is named`() throws {
    let variable = #expect(throws: StartupError.self) {
      _ = try GatewayConfiguration.load(
        file: folder.path("none"), environment: ["ASSAY_PORT": "http"])
    }
    #expect(variable?.message.contains("ASSAY_PORT") == true)
    let flag = #expect(throws: StartupError.self) {
      _ = try GatewayConfiguration.load(file: folder.path("none"), flags: [.coreName: ""])
    }
    #expect(flag?.message.contains("--core-name") == true)
  }

  @Test func `a file that was asked for must be there`() {
    let error = #expect(throws: StartupError.self) {
      _ = try GatewayConfiguration.load(file: folder.path("none.json"), isRequired: true)
    }
    #expect(error?.exitCode == 66)
  }
}

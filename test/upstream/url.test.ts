import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../../src/adapter.ts";
import { checkBaseUrl, checkUrl, onOrigin, toAllowedHost, toLocation, toUrl } from "../../src/upstream/url.ts";

const BASE = "https://api.example.com/v1";

describe("base URLs", () => {
  test.each([
    ["https://api.example.com", "https://api.example.com"],
    ["https://api.example.com/", "https://api.example.com"],
    ["https://api.example.com/v1/", "https://api.example.com/v1"],
    ["https://API.Example.COM:8443/v1", "https://api.example.com:8443/v1"],
    ["https://tenant-1.eu.example.co.uk/a/b", "https://tenant-1.eu.example.co.uk/a/b"],
    ["https://bücher.example.com", "https://xn--bcher-kva.example.com"],
  ])("S36: %s is taken", (text, normal) => {
    expect(checkBaseUrl(text)).toBe(normal);
  });

  test.each([
    "",
    "api.example.com",
    "http://api.example.com",
    "ftp://api.example.com",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "https://",
    "https://user@api.example.com",
    "https://user:secret@api.example.com",
    "https://:secret@api.example.com",
    "https://api.example.com@127.0.0.1/",
    "https://10.0.0.1",
    "https://127.0.0.1",
    "https://8.8.8.8",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.1",
    "https://0177.0.0.1",
    "https://017700000001",
    "https://127.1",
    "https://127.0.0.1.",
    "https://１２７.０.０.１",
    "https://%31%32%37.0.0.1",
    "https://169.254.169.254/latest/meta-data",
    "https://256.1.1.1",
    "https://1.2.3.4.5",
    "https://[::1]",
    "https://[::]",
    "https://[fd00::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://localhost",
    "https://LOCALHOST:8443",
    "https://localhost.",
    "https://api.localhost",
    "https://localhost.localdomain",
    "https://printer.local",
    "https://printer.local.",
    "https://metadata.google.internal",
    "https://router.lan",
    "https://box.home.arpa",
    "https://nas.home",
    "https://wiki.corp",
    "https://wiki.intranet",
    "https://intranet",
    "https://intranet.",
    "https://api.example.com?x=1",
    "https://api.example.com/v1#x",
    "https://api.example.com/?",
    "http://127.0.0.1:8080",
    "http://localhost:8080",
  ])("S36: %s is refused", (text) => {
    expect(() => checkBaseUrl(text)).toThrow(/^The address .*\.$/);
  });

  test.each(["http://127.0.0.1:8080", "http://localhost:8080/api", "http://[::1]:8080", "https://127.0.0.1:8443"])(
    "S36: %s is taken only where loopback is allowed",
    (text) => {
      expect(checkBaseUrl(text, { allowLoopback: true })).toBe(text);
      expect(() => checkBaseUrl(text)).toThrow();
    },
  );

  test.each([
    "http://api.example.com",
    "http://127.0.0.2:8080",
    "http://10.0.0.1",
    "https://10.0.0.1",
    "http://0.0.0.0:8080",
    "http://[::ffff:127.0.0.1]",
    "http://api.localhost",
    "http://u:p@localhost:8080",
    "ftp://localhost",
    "http://localhost.evil.example",
  ])("S36: %s is refused also where loopback is allowed", (text) => {
    expect(() => checkBaseUrl(text, { allowLoopback: true })).toThrow(/^The address /);
  });

  test("S36: the message never repeats the address", () => {
    expect(() => checkUrl("https://user:hunter2@api.example.com")).toThrow(/^(?!.*hunter2)/);
  });
});

describe("paths", () => {
  test.each([
    ["/users/{id}", { id: "42" }, {}, "/v1/users/42"],
    ["/users/{id}", { id: "a/b" }, {}, "/v1/users/a%2Fb"],
    ["/users/{id}", { id: "../../admin" }, {}, "/v1/users/..%2F..%2Fadmin"],
    ["/users/{id}", { id: "%2e%2e" }, {}, "/v1/users/%252e%252e"],
    ["/users/{id}", { id: "a?b#c" }, {}, "/v1/users/a%3Fb%23c"],
    ["/users/{id}", { id: "a\\b" }, {}, "/v1/users/a%5Cb"],
    ["/users/{id}.json", { id: "7" }, {}, "/v1/users/7.json"],
    ["/users/{id}.json", { id: "..x" }, {}, "/v1/users/..x.json"],
    ["/groups/{id}/users/{user}", { id: "1", user: "ü ö" }, {}, "/v1/groups/1/users/%C3%BC%20%C3%B6"],
    [
      "/users",
      {},
      { status: "", name: "a&b=c d", n: 1, on: true, no: undefined },
      "/v1/users?status=&name=a%26b%3Dc+d&n=1&on=true",
    ],
    ["", {}, {}, "/v1"],
  ])("S36: %s with %j and %j is %s", (template, params, query, path) => {
    expect(toUrl(BASE, template, params, query).href).toBe(`https://api.example.com${path}`);
  });

  test.each(["", ".", "..", "\ud800"])("S36: the value %j is refused", (id) => {
    expect(() => toUrl(BASE, "/users/{id}", { id })).toThrow(expect.objectContaining({ kind: "invalid" }));
  });

  test("S36: parts beside each other cannot spell a step upwards", () => {
    expect(() => toUrl(BASE, "/users/.{id}", { id: "." })).toThrow(Fault);
    expect(() => toUrl(BASE, "/users/{a}{b}", { a: ".", b: "." })).toThrow(Fault);
  });

  test.each([
    "users",
    "//{id}?x",
    "//evil.example/x",
    "/./x",
    "/users/../x",
    "/users/..",
    "/..",
    "/users?all=1",
    "/users#x",
    "https://evil.example",
    "\\evil",
    "/users/{missing}",
    "/{__proto__}",
    "/{toString}",
  ])("the template %s is the adapter's mistake", (template) => {
    expect(() => toUrl(BASE, template, { id: "1" })).toThrow(expect.objectContaining({ kind: "protocol" }));
  });

  test("S36: no value leaves the origin or the number of segments", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("..", "//x", "/\\x", "@x")),
        (id) => {
          let url: URL;
          try {
            url = toUrl(BASE, "/users/{id}/roles", { id });
          } catch (error) {
            expect(error).toMatchObject({ kind: "invalid" });
            return;
          }
          expect(url.origin).toBe("https://api.example.com");
          const segments = url.pathname.split("/");
          expect(segments).toHaveLength(5);
          expect([segments[1], segments[2], segments[4]]).toEqual(["v1", "users", "roles"]);
          expect(decodeURIComponent(segments[3] ?? "")).toBe(id);
        },
      ),
    );
  });
});

describe("followed URLs", () => {
  test.each([
    ["https://api.example.com/x", true],
    ["https://api.example.com:443/x", true],
    ["https://api.example.com:444/x", false],
    ["http://api.example.com/x", false],
    ["https://api.example.com.evil.example/x", false],
    ["https://evil.example/https://api.example.com", false],
    ["https://u:p@api.example.com/x", false],
    ["//api.example.com/x", false],
    ["nonsense", false],
  ])("S36: %s on the origin: %s", (url, expected) => {
    expect(onOrigin(BASE, url)).toBe(expected);
  });

  test.each([
    ["https://api.example.com/v1/users/7", "/users/7"],
    ["/v1/users/7?x=1#y", "/users/7"],
    ["users/7", "/users/7"],
    ["users/7/", "/users/7/"],
    ["https://evil.example/v1/users/7", undefined],
    ["//evil.example/v1/users/7", undefined],
    ["http://api.example.com/v1/users/7", undefined],
    ["/other/users/7", undefined],
    ["/v1x/users/7", undefined],
    ["http://[", undefined],
    [null, undefined],
  ])("S36: Location %s is %s", (header, path) => {
    expect(toLocation(BASE, new URL(`${BASE}/users`), header)).toBe(path);
  });
});

describe("hosts that an operator has to allow", () => {
  const ownHost = "scim.example.com";
  const asked = [
    "127.0.0.1.nip.io",
    "127-0-0-1.nip.io",
    "7f000001.nip.io",
    "app.10.0.0.1.sslip.io",
    "localtest.me",
    "api.localtest.me",
    "lvh.me",
    "10-0-0-1.example.com",
    "api.192.168.0.7.example.net",
    "172-16-0-1.abc.plex.direct",
    "169.254.169.254.example.com",
    "metadata.google.internal",
    "printer.local",
    "hidden.onion",
    "redmine.default.svc",
    "redmine.service.consul",
    "redmine.tail1234.ts.net",
    ownHost,
    "api.example.com:8443",
    "api.example.com:80",
    "printer.local:8443",
  ];

  test.each(asked)("S36: %s is taken where it is allowed, and only then; the refusal names the option", (host) => {
    const url = `https://${host}/v1`;
    const others = asked.filter((one) => one !== host);
    for (const allowHosts of [[], others]) {
      expect(() => checkUrl(url, { ownHost, allowHosts })).toThrow(`--allow-host ${host}.`);
    }
    expect(checkUrl(url, { ownHost, allowHosts: [host] }).host).toBe(host);
    expect(checkUrl(url.toUpperCase().replace("HTTPS", "https"), { ownHost, allowHosts: [host] }).host).toBe(host);
    const dotted = url.replace(/^(https:\/\/[^:/]+)/, "$1.");
    expect(() => checkUrl(dotted, { ownHost, allowHosts: [] })).toThrow("--allow-host");
  });

  test.each([
    "api.example.com",
    "onion.example.com",
    "ts.net.example.com",
    "nip.io.example.com",
    "ec2-3-85-1-2.compute-1.amazonaws.com",
    "v10.1.2.example.com",
    "other.scim.example.com",
    "host-110-0-0-1.example.com",
  ])("S36: %s is public as it is", (host) => {
    expect(checkUrl(`https://${host}/`, { ownHost, allowHosts: [] }).host).toBe(host);
  });

  test.each(["localhost", "api.localhost", "127.0.0.1", "[::1]", "intranet", "10.0.0.1"])(
    "S36: %s is refused whatever is allowed",
    (host) => {
      expect(() => checkUrl(`https://${host}/`, { ownHost, allowHosts: [host, `${host}:443`] })).toThrow();
      expect(toAllowedHost(host)).toBeUndefined();
    },
  );

  test("S36: an address of before is checked as before", () => {
    expect(checkUrl("https://api.example.com:8443", { ownHost }).port).toBe("8443");
    expect(() => checkUrl("https://printer.local", { ownHost })).toThrow("--allow-host printer.local");
  });

  test.each([
    ["Redmine.Corp.INTERNAL:8443", "redmine.corp.internal:8443"],
    ["redmine.svc.", "redmine.svc"],
    ["api.example.com:443", "api.example.com"],
    ["https://redmine.svc", undefined],
    ["redmine.svc/path", undefined],
    ["user@redmine.svc", undefined],
    ["*.svc", undefined],
    ["redmine.svc:99999", undefined],
    ["", undefined],
  ])("S36: %s is allowed as %s", (text, host) => {
    expect(toAllowedHost(text)).toBe(host);
  });
});

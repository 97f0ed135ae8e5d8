import { expect, test } from "vitest";
import { composeState } from "../../src/cli/change/compose.ts";
import { checkNewState, parseState } from "../../src/state/parse.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const state = (hosts: string[], urls: string[]) => ({ mode: "on", hosts, urls }) as const;

test("parseState() refuses hosts and URLs of other hosts, which would close nothing", () => {
  expect(() => parseState(state(["a.example.com"], ["https://b.example.com/*", "POST https://c.example.com/x"])))
    .toThrow(
      'Cannot read the maintenance state: "$.urls" must be for one of the hosts in "hosts", "a.example.com", ' +
        'received "https://b.example.com/*", "POST https://c.example.com/x": ' +
        'it would close nothing: write only the path in "urls", or leave out "hosts"',
    );
});

test.each<[string, string]>([
  ["a.example.com", "https://a.example.com/*"],
  ["a.example.com", "https://A.Example.COM.:8443/*"],
  ["a.example.com", "http{s}?://*.example.com/*"],
  ["a.example.com", "https://:tenant.example.com/*"],
  ["a.example.com", "GET https://a.example.com/*"],
  ["a.example.com", "/shop/*"],
  ["a.example.com", "https://*/shop/*"],
  ["bücher.example", "https://xn--bcher-kva.example/*"],
  ["::1", "http://[::1]/*"],
  ["127.0.0.1", "http://127.0.0.1/*"],
  ["*.example.com", "https://a.b.example.com/*"],
  ["*.example.com", "https://*.b.example.com/*"],
  ["*.b.example.com", "https://*.example.com/*"],
  ["*.example.com", "https://{a,b}.example.com/*"],
  ["*.example.com", "https://(.*)/*"],
])("a state of the host %s and the URL %s is valid", (host, url) => {
  checkNewState(parseState(state([host], [url])), 0);
});

test.each<[string, string]>([
  ["a.example.com", "https://*.example.org/*"],
  ["*.example.com", "https://example.com/*"],
  ["*.example.com", "https://a.example.org/*"],
  ["*.example.com", "https://*.example.org/*"],
  ["::1", "http://[::2]/*"],
  ["bücher.example", "https://bucher.example/*"],
])("a state of the host %s and the URL %s is refused", (host, url) => {
  expect(() => parseState(state([host], [url]))).toThrow('must be for one of the hosts in "hosts"');
});

const PARTLY = state(["a.example.com"], ["/shop", "https://b.example.com/blog"]);

test("a new state is refused if one of its URLs is for no host of it", async () => {
  const problem =
    '"$.urls[1]" must be for one of the hosts in "hosts", "a.example.com", received "https://b.example.com/blog"';
  expect(() => checkNewState(parseState(PARTLY), 0)).toThrow(problem);
  const live = liveState(memoryStore());
  await expect(live.set(PARTLY)).rejects.toThrow(problem);
  await live.close();
});

test("a stored state stays in force of which one URL is for no host: it closes the rest", () => {
  expect(parseState(JSON.stringify(PARTLY)).urls).toEqual(PARTLY.urls);
});

test("the command line names --url, also where the hosts were stored before", () => {
  const former = parseState({ mode: "on", hosts: ["a.example.com"] });
  expect(() => composeState("on", former, { url: ["https://b.example.com/*"] }, 0)).toThrow(
    '"--url" must be for one of the hosts in "hosts", "a.example.com", received "https://b.example.com/*"',
  );
  expect(() => composeState("on", former, { url: ["/a", "https://b.example.com/*"] }, 0)).toThrow(
    '"--url" must be for one of the hosts in "hosts", "a.example.com", received "https://b.example.com/*"',
  );
});

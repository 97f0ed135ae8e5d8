/**
 * The columns of the table: how each runtime is started, and what it has no way to do.
 *
 * A new runtime costs a short entry in `inside/` that mounts the gates in the host's way, as a user would, and some
 * lines here.
 */
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serviceWorker } from "./drivers/browser.ts";
import { program } from "./drivers/program.ts";
import type { Start } from "./drivers/target.ts";
import { worker } from "./drivers/worker.ts";
import type { Need } from "./suite.ts";

/** One column. */
export interface Runtime {
  /** Its name, for `--only` and the report. */
  name: string;
  /** What it is, for the legend. */
  title: string;
  start: Start;
  /** The needs that it cannot meet, each with the reason that stands in the table. */
  lacks: Partial<Record<Need, string>>;
  /** The checks that it cannot pass, each with the reason that stands in the table. */
  lacksChecks?: Readonly<Record<string, string>>;
  /** The columns of the second table: other servers and frameworks on a runtime of the first. */
  second?: boolean;
}

/** The repository's folder. */
export const repository = fileURLToPath(new URL("../../", import.meta.url));
const modules = join(repository, "node_modules");
const node = {
  20: join(modules, "node20", "bin", "node"),
  22: join(modules, "node22", "bin", "node"),
  24: join(modules, "node", "bin", "node"),
  26: join(modules, "node26", "bin", "node"),
};
const deno = [join(modules, ".bin", "deno"), "run", "--allow-all", "--no-lock", "--cached-only"] as const;
const bun = [join(modules, ".bin", "bun"), "run", "--no-install"] as const;

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1")
);
const machine: Runtime["lacks"] = {
  ...process.platform === "linux" ? {} : { "second-peer": "only Linux answers on all of 127.0.0.0/8 unasked" },
  ...hasIpv6 ? {} : { "dual-stack": "this machine has no IPv6", ipv6: "this machine has no IPv6" },
};

// Every server over a TCP socket.
const overTcp: Runtime["lacks"] = {
  ...machine,
  "no-client-ip": "every connection has an address",
  cloudflare: "it is not Cloudflare",
  navigation: "only a browser navigates",
};
const onNode: Runtime["lacks"] = { ...overTcp, "server-request": "the Request is made by the host, from req and res" };

const noPeer = "a Unix-domain socket has no peer address";
const overUnix: Runtime["lacks"] = {
  "client-ip": noPeer,
  peer: noPeer,
  "second-peer": noPeer,
  "dual-stack": noPeer,
  ipv6: noPeer,
  proxy: noPeer,
  cloudflare: overTcp.cloudflare!,
  navigation: overTcp.navigation!,
  checks: "they run in the runtime's own column",
};

const onWorkerd: Runtime["lacks"] = {
  peer: "workerd tells no peer address: the platform's header does",
  "second-peer": "workerd tells no peer address: the platform's header does",
  "dual-stack": "workerd tells no peer address: the platform's header does",
  ipv6: "workerd tells no peer address: the platform's header does",
  proxy: "the platform's header gives the client, not a chain of proxies",
  navigation: overTcp.navigation!,
};

const noAddress = "a Service Worker is not told the client's address";
const inServiceWorker: Runtime["lacks"] = {
  "client-ip": noAddress,
  peer: noAddress,
  "second-peer": noAddress,
  "dual-stack": noAddress,
  ipv6: noAddress,
  proxy: noAddress,
  cloudflare: noAddress,
};

const inMiddleware: Runtime["lacks"] = {
  ...onNode,
  "fetch-app": "the app takes req and res",
  checks: "they run in the runtime's own column",
};

const inTiny: Runtime["lacks"] = {
  cors: "the tiny gate has no cors",
  grpc: "the tiny gate has neither gRPC nor GraphQL",
  "page-script": "the page of the tiny gate has no script",
  "redirect-url": "the tiny gate has no redirectUrl",
  "response-type": "the tiny gate has no responseType",
  "url-patterns": "the tiny gate takes path patterns alone",
};

const lacksChecks: Readonly<Record<string, string>> = {
  "explain() tells each reason and what matched": "the tiny gate does not say what matched",
  "RegExp flags g and y do not make answers depend on earlier ones": inTiny["url-patterns"]!,
  "patterns answer as URLPattern does, on random paths": inTiny["url-patterns"]!,
  "a path that starts with // is a path": inTiny["url-patterns"]!,
  "wrong options throw a TypeError that names them": "the tiny gate has fewer options: see test/tiny.test.ts",
};

/** A Node of one version, with the fetch handler on `node:http`. */
function nodeRuntime(version: keyof typeof node): Runtime {
  return {
    name: `node${version}`,
    title: "/node, node:http",
    start: program({ command: [node[version]], entry: "node" }),
    lacks: onNode,
  };
}

/** A framework on Node 24 with the gate as its middleware. */
function middleware(framework: string, title: string, lacks: Runtime["lacks"] = {}): Runtime {
  return {
    name: framework,
    title: `/connect, ${title}`,
    start: program({ command: [node[24]], entry: "node-middleware", args: () => [framework, repository] }),
    lacks: { ...inMiddleware, ...lacks },
    second: true,
  };
}

/** The columns, in their order. */
export const runtimes: readonly Runtime[] = [
  nodeRuntime(20),
  nodeRuntime(22),
  nodeRuntime(24),
  nodeRuntime(26),
  {
    name: "deno",
    title: "/deno, Deno.serve",
    start: program({ command: deno, entry: "deno" }),
    lacks: overTcp,
  },
  {
    name: "bun",
    title: "/bun, Bun.serve",
    start: program({ command: bun, entry: "bun" }),
    lacks: overTcp,
  },
  {
    name: "workerd",
    title: "/cloudflare, module syntax",
    start: worker("workerd", "module"),
    lacks: { ...onWorkerd, "no-client-ip": "the platform tells an address" },
  },
  {
    name: "workerd-sw",
    title: "/service-worker, service-worker syntax",
    start: worker("service-worker", "service-worker"),
    lacks: { ...inServiceWorker, navigation: overTcp.navigation! },
  },
  {
    name: "chromium",
    title: "/service-worker in a browser",
    start: serviceWorker("service-worker"),
    lacks: {
      ...inServiceWorker,
      "raw-target": "fetch() tidies URLs up before the Service Worker sees them",
      "host-header": "fetch() sets the Host header itself",
      "no-accept": "fetch() always sends Accept",
      "any-method": "fetch() refuses the method",
      "raw-headers": "fetch() joins header lines, and hides Set-Cookie",
      redirect: "fetch() shows nothing of a redirect: see the navigation",
      connection: "there is no connection between a page and its Service Worker",
    },
  },
  {
    name: "http2",
    title: "/node, node:http2 without TLS, Node 24",
    start: program({
      command: [node[24]],
      entry: "node",
      args: () => ["http2"],
      http2: true,
      // @whatwg-node/server sets the status message of all answers, and HTTP/2 has none.
      chatter: /^.*UnsupportedWarning: Status message is not supported by HTTP\/2.*\n(?:\(Use .*\n)?/m,
    }),
    lacks: {
      ...onNode,
      connection: "HTTP/2 has frames, not a stream of requests",
      checks: "they run in the runtime's own column",
      "dual-stack": "the listener is the one of node:http",
      ipv6: "the listener is the one of node:http",
      "second-peer": "the listener is the one of node:http",
    },
    second: true,
  },
  {
    name: "workerd-event",
    title: "/cloudflare, service-worker syntax",
    start: worker("workerd-event", "service-worker"),
    lacks: { ...onWorkerd, "no-client-ip": "the platform tells an address" },
    second: true,
  },
  {
    name: "node-tiny",
    title: "/node with the gate of /tiny, Node 24",
    start: program({ command: [node[24]], entry: "node", args: () => ["tiny"] }),
    lacks: { ...onNode, ...inTiny },
    lacksChecks,
    second: true,
  },
  {
    name: "deno-tiny",
    title: "/deno with the gate of /tiny",
    start: program({ command: deno, entry: "deno", args: () => ["tiny"] }),
    lacks: { ...overTcp, ...inTiny },
    lacksChecks,
    second: true,
  },
  {
    name: "node-unix",
    title: "/node, Unix-domain socket, Node 24",
    start: program({ command: [node[24]], entry: "node", args: ({ folder }) => [join(folder, "node.sock")] }),
    lacks: { ...overUnix, "server-request": onNode["server-request"]! },
    second: true,
  },
  {
    name: "deno-unix",
    title: "/deno, Unix-domain socket",
    start: program({ command: deno, entry: "deno", args: ({ folder }) => [join(folder, "deno.sock")] }),
    lacks: { ...overUnix, "http-url": "Deno's URLs are in http+unix:" },
    second: true,
  },
  {
    name: "bun-unix",
    title: "/bun, Unix-domain socket",
    start: program({ command: bun, entry: "bun", args: ({ folder }) => [join(folder, "bun.sock")] }),
    lacks: overUnix,
    second: true,
  },
  middleware("http", "called by hand, Node 24"),
  middleware("connect", "Connect, Node 24"),
  middleware("express", "Express 5 with a body parser, Node 24"),
  middleware("fastify", "Fastify with @fastify/middie, Node 24"),
];

/** What the client of tRPC reports of the answer, over each of its links. */
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { maintenanceMode, type MaintenanceOptions } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/connect";
import { withMaintenance } from "maintenancemode/node";
import { afterAll, describe, expect, test } from "vitest";

/** Reads and writes as superjson does. */
const wrapping = {
  serialize: (value: unknown) => ({ json: value }),
  deserialize: (value: { json: unknown }) => value.json,
};

function routerOf(t: ReturnType<typeof plain> | ReturnType<typeof wrapped>) {
  const name = (input: unknown) => String(input);
  return t.router({
    hello: t.procedure.input(name).query(({ input }) => `Hello ${input}`),
    rename: t.procedure.input(name).mutation(({ input }) => `Renamed ${input}`),
    shop: t.router({ open: t.procedure.query(() => true) }),
  });
}

const plain = () => initTRPC.create();
const wrapped = () => initTRPC.create({ transformer: wrapping });
const plainRouter = routerOf(plain());
type Router = typeof plainRouter;

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hosts: Record<string, (options: MaintenanceOptions, router: Router, endpoint: string) => Server> = {
  "withMaintenance()": (options, router, endpoint) =>
    createServer(withMaintenance(maintenanceMode(options), (req) => fetchRequestHandler({ endpoint, req, router }))),
  "maintenanceMiddleware()": (options, router, endpoint) => {
    const guard = maintenanceMiddleware(maintenanceMode(options));
    const app = createHTTPHandler({ router, basePath: `${endpoint}/` });
    return createServer((req, res) => guard(req, res, () => app(req, res)));
  },
};

type Transformer = typeof wrapping | undefined;
const links: Record<string, (url: string, transformer: Transformer) => TRPCLink<Router>> = {
  httpLink: (url, transformer) => httpLink({ url, transformer } as never),
  httpBatchLink: (url, transformer) => httpBatchLink({ url, transformer } as never),
  httpBatchStreamLink: (url, transformer) => httpBatchStreamLink({ url, transformer } as never),
  "httpBatchStreamLink with Accept": (url, transformer) =>
    httpBatchStreamLink({ url, transformer, streamHeader: "accept" } as never),
};

/** The outcome of a call: its result, or what a program gets to see of the error. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    const { message, data, meta } = error as TRPCClientError<Router>;
    expect(error).toBeInstanceOf(TRPCClientError);
    return { message, data, status: (meta?.["response"] as Response | undefined)?.status };
  }
}

const CLOSED = {
  message: "We are working on this site and will be back soon.",
  data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503, retryAfter: 120, mode: "on" },
  status: 503,
};

describe.each(Object.keys(hosts))("behind %s", (host) => {
  describe.each<[string, Transformer]>([["no transformer", undefined], ["a transformer like superjson", wrapping]])(
    "with %s",
    (_name, transformer) => {
      test.each(Object.keys(links))("%s reports 503 of each call, one or several at once", async (link) => {
        let enabled = false;
        const options = { enabled: () => enabled, retryAfter: 120 };
        const router = transformer === undefined ? plainRouter : routerOf(wrapped()) as unknown as Router;
        const url = await listen(hosts[host]!(options, router, "/api/trpc"));
        const client = createTRPCClient<Router>({ links: [links[link]!(`${url}/api/trpc`, transformer)] });
        const calls = (): Promise<unknown>[] => [
          client.hello.query("you"),
          client.shop.open.query(),
          client.rename.mutate("me"),
          client.rename.mutate("them"),
        ];
        const all = () => Promise.all(calls().map(outcomeOf));
        expect(await all()).toEqual(["Hello you", true, "Renamed me", "Renamed them"]);
        enabled = true;
        expect(await all()).toEqual([CLOSED, CLOSED, CLOSED, CLOSED]);
        expect(await outcomeOf(client.hello.query("you"))).toEqual(CLOSED);
      });
    },
  );
});

test.each(Object.keys(links))("responseType tells the gate of tRPC at another path: %s", async (link) => {
  const isRpc = ({ url }: Request) => new URL(url).pathname.startsWith("/rpc/");
  const options: MaintenanceOptions = {
    enabled: true,
    retryAfter: 120,
    responseType: (request) => isRpc(request) ? "trpc" : undefined,
  };
  const url = await listen(hosts["withMaintenance()"]!(options, plainRouter, "/rpc"));
  const client = createTRPCClient<Router>({ links: [links[link]!(`${url}/rpc`, undefined)] });
  expect(await outcomeOf(client.hello.query("you"))).toEqual(CLOSED);
  expect(await outcomeOf(client.rename.mutate("me"))).toEqual(CLOSED);
  expect((await fetch(`${url}/`)).headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test("tRPC gets an error also where statusCode says that all is well", async () => {
  const options = { enabled: true, retryAfter: 120, statusCode: 200 };
  const url = await listen(hosts["withMaintenance()"]!(options, plainRouter, "/trpc"));
  for (const link of Object.values(links)) {
    const client = createTRPCClient<Router>({ links: [link(`${url}/trpc`, undefined)] });
    expect(await outcomeOf(client.hello.query("you"))).toEqual(CLOSED);
  }
});

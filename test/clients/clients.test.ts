/** What programs make of the answer that know nothing of this library: each reports that the site is unavailable, and until when. */
import { create, createFileRegistry } from "@bufbuild/protobuf";
import type { GenService } from "@bufbuild/protobuf/codegenv2";
import { EmptySchema, file_google_protobuf_empty, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { credentials, makeGenericClientConstructor, type ServiceError, status } from "@grpc/grpc-js";
import { Client, fetchExchange, gql } from "@urql/core";
import { EventSource } from "eventsource";
import { ClientError, GraphQLClient } from "graphql-request";
import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { maintenanceMode } from "maintenancemode";
import { maintenanceMiddleware } from "maintenancemode/connect";
import { withMaintenance } from "maintenancemode/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const maintenance = maintenanceMode({ enabled: true, retryAfter: 120 });
const servers: (Server | Http2Server)[] = [];

async function listen<Listener extends Server | Http2Server>(server: Listener): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(() => servers.forEach((server) => server.close()));

/** A service of protobuf that somebody might have: one method that takes nothing and returns nothing. */
const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "shop.proto",
    package: "shop",
    syntax: "proto3",
    dependency: ["google/protobuf/empty.proto"],
    service: [{
      name: "Shop",
      method: [{ name: "Open", inputType: ".google.protobuf.Empty", outputType: ".google.protobuf.Empty" }],
    }],
  }),
  () => file_google_protobuf_empty.proto,
);
const Shop = registry.getService("shop.Shop")! as GenService<{
  open: { methodKind: "unary"; input: typeof EmptySchema; output: typeof EmptySchema };
}>;

async function failureOf<Failure>(promise: Promise<unknown>): Promise<Failure> {
  return await promise.then((value) => {
    throw new Error(`Expected a failure, received ${JSON.stringify(value)}`);
  }, (error: Failure) => error);
}

describe.each<[string, (maintained: typeof maintenance) => Server]>([
  ["withMaintenance()", (gate) => createServer(withMaintenance(gate, () => new Response("Hello")))],
  ["maintenanceMiddleware()", (gate) => {
    const guard = maintenanceMiddleware(gate);
    return createServer((req, res) => guard(req, res, () => res.end("Hello")));
  }],
])("behind %s", (_name, serve) => {
  let url: string;
  beforeAll(async () => void (url = await listen(serve(maintenance))));

  test("fetch() gets problem details that it can read", async () => {
    const response = await fetch(url, { headers: { accept: "application/json" } });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "120"]);
    expect(await response.json()).toMatchObject({ status: 503, instance: "/", retryAfter: 120, mode: "on" });
  });

  test("EventSource reports the status, and does not connect", async () => {
    const source = new EventSource(url);
    const event = await new Promise<{ code?: number | undefined }>((resolve) => source.onerror = resolve);
    expect([event.code, source.readyState]).toEqual([503, EventSource.CLOSED]);
    source.close();
  });

  test("gRPC-Web of Connect reports UNAVAILABLE, and when to come back", async () => {
    for (const useBinaryFormat of [true, false]) {
      const client = createClient(Shop, createGrpcWebTransport({ baseUrl: url, useBinaryFormat }));
      const error = await failureOf<ConnectError>(client.open(create(EmptySchema)));
      expect(error).toBeInstanceOf(ConnectError);
      expect([error.code, error.rawMessage]).toEqual([Code.Unavailable, "Down for maintenance"]);
      expect(error.metadata.get("retry-after")).toBe("120");
    }
  });

  test("the protocol of Connect reports UNAVAILABLE, and when to come back", async () => {
    const client = createClient(Shop, createConnectTransport({ baseUrl: url }));
    const error = await failureOf<ConnectError>(client.open(create(EmptySchema)));
    expect([error.code, error.metadata.get("retry-after")]).toEqual([Code.Unavailable, "120"]);
  });

  test("GraphQL of urql reports the message, and the code and the seconds to wait", async () => {
    const client = new Client({ url: `${url}/graphql`, exchanges: [fetchExchange], preferGetMethod: false });
    const { error, data } = await client.query(gql`{ shop { name } }`, {}).toPromise();
    expect(data).toBe(undefined);
    expect(error?.networkError).toBe(undefined);
    expect(error?.graphQLErrors.map(({ message, extensions }) => [message, extensions])).toEqual([[
      "We are working on this site and will be back soon.",
      { code: "SERVICE_UNAVAILABLE", status: 503, retryAfter: 120, mode: "on" },
    ]]);
    expect((error?.response as Response).status).toBe(503);
  });

  test("GraphQL of graphql-request reports the status and the message", async () => {
    const error = await failureOf<ClientError>(new GraphQLClient(`${url}/graphql`).request("{ shop { name } }"));
    expect(error).toBeInstanceOf(ClientError);
    expect(error.response.status).toBe(503);
    expect(error.response.errors?.[0]?.extensions).toMatchObject({ code: "SERVICE_UNAVAILABLE", retryAfter: 120 });
  });
});

// A handler of fetch cannot send the trailers of gRPC: who serves it, does so with what maintenanceMiddleware() stands in front of.
test("gRPC over HTTP/2 reports UNAVAILABLE, and when to come back", async () => {
  const guard = maintenanceMiddleware(maintenance);
  const url = await listen(createHttp2Server((req, res) => guard(req, res, () => void res.end("Hello"))));
  const empty = () => Buffer.alloc(0);
  const open = {
    path: "/shop.Shop/Open",
    requestStream: false,
    responseStream: false,
    requestSerialize: empty,
    requestDeserialize: empty,
    responseSerialize: empty,
    responseDeserialize: empty,
  };
  const ShopClient = makeGenericClientConstructor({ open }, "Shop");
  const client = new ShopClient(url.slice("http://".length), credentials.createInsecure());
  const error = await new Promise<ServiceError>((resolve, reject) =>
    client["open"]!({}, (error: ServiceError | null) => error ? resolve(error) : reject(new Error("It was let in")))
  );
  client.close();
  expect([error.code, error.details]).toEqual([status.UNAVAILABLE, "Down for maintenance"]);
  expect(error.metadata.get("retry-after")).toEqual(["120"]);
});
